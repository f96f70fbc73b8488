"""`sockdesk log` into files and other formats, judged by the programs that read them."""

import csv
import io
import os
import resource
import signal
import subprocess

import pytest

import capture_file
from capture_file import Wireshark
from pcap_file import Pcap
from sockdesk_process import DEADLINE

CLIENT, SERVER = ("10.0.0.1", 5000), ("10.0.0.2", 80)

PAYLOADS = [b"plain", b'quoted "x", y', b"two\r\nlines", b"", bytes(range(256)), "=1+1 你好".encode()]


@pytest.fixture
def wireshark(tmp_path):
    home = tmp_path / "wireshark"
    home.mkdir()
    return Wireshark(home)


@pytest.fixture
def capture(tmp_path):
    pcap = Pcap()
    for i, payload in enumerate(PAYLOADS):
        pcap.udp(i, CLIENT, SERVER, payload)
    pcap.connect(10, CLIENT, SERVER)
    for i in range(50):
        pcap.tcp(11 + i, CLIENT, SERVER, b"request %02d\n" % i)
        pcap.tcp(11.5 + i, SERVER, CLIENT, b"answer %02d\n" % i)
    return pcap.write(tmp_path / "run.pcap")


@pytest.fixture
def log(binary):
    def run(*args, status: int = 0, **options) -> subprocess.CompletedProcess:
        result = subprocess.run([binary, "log", *map(str, args)], capture_output=True, timeout=DEADLINE,
                                stdin=subprocess.DEVNULL, **options)
        assert result.returncode == status, result.stderr.decode()
        return result

    return run


def test_a_saved_log_comes_out_byte_for_byte(sockdesk, sockets, log, tmp_path, wireshark):
    path = tmp_path / "own.pcapng"
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo", "--save", path)
    address = desk.opened()
    client = sockets.connect(address)
    client.sendall(b"x" * 100_000)
    got = 0
    while got < 100_000:
        got += len(client.recv(1 << 16))
    client.close()
    desk.event("disconnect")
    desk.interrupted()
    copy = tmp_path / "copy.pcapng"
    log(path, "--format", "pcapng", "--output", copy)
    assert copy.read_bytes() == path.read_bytes()
    assert log(path, "--format", "pcapng").stdout == path.read_bytes()


@pytest.mark.parametrize("chosen, display", [
    ("udp", "udp"),
    ("tcp", "tcp.len > 0"),
    ("udp len>10", "udp.length > 18"),
    ("to 10.0.0.2:80 tcp", "tcp.dstport == 80 && tcp.len > 0"),
])
def test_wireshark_counts_what_was_chosen(log, capture, tmp_path, wireshark, chosen, display):
    target = tmp_path / "chosen.pcapng"
    log(capture, "--format", "pcapng", "--filter", chosen, "--output", target)
    expected = wireshark.fields(capture, display, "frame.time_epoch", "ip.src", "ip.dst")
    assert expected
    assert wireshark.fields(target, "", "frame.time_epoch", "ip.src", "ip.dst") == expected
    packets = [block for block in capture_file.blocks(target.read_bytes())
               if block.type == capture_file.ENHANCED_PACKET]
    assert len(packets) == len(expected)


def test_csv_is_read_back_exactly(log, capture):
    text = log(capture, "--format", "csv", "--filter", "udp").stdout.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0]) == ["number", "time", "event", "local", "remote", "bytes", "hex", "text"]
    assert [bytes.fromhex(row["hex"]) for row in rows] == PAYLOADS
    assert [int(row["bytes"]) for row in rows] == [len(payload) for payload in PAYLOADS]
    assert rows[1]["text"] == 'quoted "x", y'
    assert rows[5]["text"] == "=1+1 你好"
    assert {row["event"] for row in rows} <= {"recv", "send"}
    assert text.endswith("\r\n")
    assert "\x1b" not in text


def test_a_hex_dump_holds_every_byte(log, capture):
    text = log(capture, "--format", "hexdump", "--filter", "udp len=256").stdout.decode()
    rows = [line for line in text.splitlines()[1:] if line]
    assert len(rows) == 16
    assert bytes.fromhex("".join(row[6:54] for row in rows)) == bytes(range(256))
    assert [row[:4] for row in rows] == [f"{offset:04X}" for offset in range(0, 256, 16)]


def test_a_target_that_cannot_be_written(log, capture, tmp_path):
    folder = tmp_path / "target"
    folder.mkdir()
    for target, why in ((folder, "it is a folder"), (folder / "no" / "file", "the folder does not exist"),
                        ("/dev/null", "it is not a regular file")):
        result = log(capture, "--output", target, status=1)
        assert why in result.stderr.decode()
    assert list(folder.iterdir()) == []


def test_no_half_file(log, capture, tmp_path):
    folder = tmp_path / "target"
    folder.mkdir()
    old = folder / "old.txt"
    old.write_text("as it was")

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    for target in (old, folder / "new.txt"):
        result = log(capture, "--format", "json", "--output", target, status=1, preexec_fn=small_files)
        assert "the file has reached the largest size allowed here" in result.stderr.decode()
    assert old.read_text() == "as it was"
    assert os.listdir(folder) == ["old.txt"]


def test_a_broken_capture_gives_what_could_be_read(log, capture, tmp_path):
    broken = tmp_path / "broken.pcap"
    broken.write_bytes(capture.read_bytes()[:-3])
    target = tmp_path / "out.bin"
    result = log(broken, "--format", "raw", "--output", target, status=1)
    assert b"byte" in result.stderr
    assert target.read_bytes().endswith(b"request 49\n")


def test_a_file_that_a_session_saves_to_is_not_replaced(sockdesk, sockets, log, capture, tmp_path):
    live = tmp_path / "live.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", live)
    address = desk.opened()
    result = log(capture, "--format", "pcapng", "--output", live, status=1)
    assert "a log is being saved there" in result.stderr.decode()
    sockets.udp().sendto(b"kept", address)
    desk.event("recv")
    desk.interrupted()
    assert b"kept" in live.read_bytes()
