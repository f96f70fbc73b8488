"""`sockdesk log`: a capture without a window, as it was when it was made, or as it grows."""

import json
import os
import pty
import re
import signal
import subprocess

import pytest

from loopback import receive_exactly
from pcap_file import Pcap
from sockdesk_process import DEADLINE, wait_until

PAYLOADS = [b"hello", "你好".encode(), b"", bytes(range(256)), b"\xa5" * 30_000, b'a "b", c\r\n']


@pytest.fixture
def capture(sockdesk, sockets, tmp_path):
    """A saved run of UDP, and what the session itself printed of it."""
    path = tmp_path / "run.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo", "--save", path)
    address = desk.opened()
    udp = sockets.udp()
    for payload in PAYLOADS:
        udp.sendto(payload, address)
        assert udp.recv(70_000) == payload
    desk.interrupted()
    path.with_suffix(".json").write_bytes(desk.out.everything())
    return path


@pytest.fixture
def log(binary):
    """Runs it to its end: log(file, …) -> CompletedProcess."""

    def run(*args, **options) -> subprocess.CompletedProcess:
        return subprocess.run([binary, "log", *map(str, args)], capture_output=True, timeout=DEADLINE,
                              **{"stdin": subprocess.DEVNULL, **options})

    return run


def done(result: subprocess.CompletedProcess) -> bytes:
    assert result.returncode == 0, result.stderr.decode()
    assert result.stderr == b""
    return result.stdout


def test_it_prints_what_the_session_printed(log, capture):
    assert done(log(capture, "--format", "json")) == capture.with_suffix(".json").read_bytes()


def test_log_lines_too(sockdesk, sockets, log, tmp_path):
    path = tmp_path / "tcp.pcapng"
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo", "--save", path, format="log")
    port = int(desk.expect(r"127\.0\.0\.1:(\d+)")[1])
    client = sockets.connect(("127.0.0.1", port))
    client.sendall("你".encode()[:2])
    assert len(receive_exactly(client, 2)) == 2
    client.sendall("你".encode()[2:] + b" and more\n")
    receive_exactly(client, 11)
    client.close()
    desk.expect("gets offline")
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 0
    desk.out.rest()
    assert done(log(path)) == desk.out.everything()


def test_a_filter_chooses(log, capture):
    records = [json.loads(line) for line in done(log(capture, "--format", "json", "--filter", "rx len>100")).splitlines()]
    assert [(each["event"], each["bytes"]) for each in records] == [("recv", 256), ("recv", 30_000)]
    raw = done(log(capture, "--format", "raw", "--direction", "tx", "--filter", "len<10"))
    assert raw == b"hello" + "你好".encode()


def test_direction_and_filter_go_together(log, capture):
    lines = done(log(capture, "--format", "json", "--direction", "rx", "--filter", "len=5 or len=6")).splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["recv", "recv"]


def test_raw_is_of_both_directions_unless_told_otherwise(log, capture):
    both = b"".join(payload + payload for payload in PAYLOADS)
    assert done(log(capture, "--format", "raw")) == both
    assert done(log(capture, "--format", "raw", "--direction", "rx")) == b"".join(PAYLOADS)


def test_a_fault_in_the_filter_is_marked(log, capture):
    result = log(capture, "--filter", "rx nonsense")
    assert result.returncode == 2
    assert result.stdout == b""
    lines = result.stderr.decode().splitlines()
    assert lines[1:] == ["  rx nonsense", "     ^"]


def test_captures_of_tcpdump(log, tmp_path):
    pcap = Pcap()
    client, server = ("10.0.0.1", 5000), ("10.0.0.2", 80)
    pcap.udp(0, client, ("10.0.0.2", 53), b"question")
    pcap.connect(0.5, client, server)
    pcap.tcp(0.6, client, server, b"GET /\r\n")
    lines = done(log(pcap.write(tmp_path / "a.pcap"), "--format", "json", "--filter", "udp or tcp")).splitlines()
    hexes = [json.loads(line)["hex"] for line in lines if b'"hex"' in line]
    assert hexes == [b"question".hex(), b"GET /\r\n".hex()]


@pytest.mark.parametrize("cut", [1, 30, 2000])
def test_what_could_be_read_of_a_truncated_capture_is_there(log, capture, tmp_path, cut):
    broken = tmp_path / "broken.pcapng"
    broken.write_bytes(capture.read_bytes()[:-cut])
    result = log(broken, "--format", "json")
    assert result.returncode == 1
    whole = capture.with_suffix(".json").read_bytes()
    assert whole.startswith(result.stdout) and result.stdout != whole and result.stdout.endswith(b"\n")
    assert re.search(rb"^sockdesk log: .*byte \d+", result.stderr), result.stderr


@pytest.mark.parametrize("content, why", [(b"", "empty"), (b"not a capture at all\n" * 10, "text")])
def test_what_is_no_capture_is_refused(log, tmp_path, content, why):
    path = tmp_path / "file"
    path.write_bytes(content)
    result = log(path)
    assert (result.returncode, result.stdout) == (1, b""), why
    assert str(path).encode() in result.stderr and result.stderr.count(b"\n") == 1
    assert log(tmp_path / "none").returncode == 1
    assert log(tmp_path).returncode == 1


def test_standard_input(log, capture):
    expected = done(log(capture))
    with capture.open("rb") as file:
        assert done(log("-", stdin=file)) == expected
    piped = log("-", stdin=None, input=capture.read_bytes())
    assert done(piped) == expected
    broken = log("-", stdin=None, input=capture.read_bytes()[:-2])
    assert broken.returncode == 1
    assert b"standard input" in broken.stderr and b"/proc" not in broken.stderr


def test_who_does_not_read_on_has_seen_enough(binary, capture):
    process = subprocess.Popen([binary, "log", capture, "--format", "hexdump"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.wait(DEADLINE) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_full_device_is_a_failure(binary, capture):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([binary, "log", capture], stdout=full, stderr=subprocess.PIPE, timeout=DEADLINE)
    assert result.returncode == 1
    assert b"standard output" in result.stderr


def test_a_capture_is_not_written_to_a_terminal(binary, capture):
    ours, theirs = pty.openpty()
    try:
        result = subprocess.run([binary, "log", capture, "--format", "pcapng"], stdout=theirs, stderr=subprocess.PIPE,
                                timeout=DEADLINE)
        assert result.returncode == 2
        assert b"--output" in result.stderr
    finally:
        os.close(ours)
        os.close(theirs)


def test_it_follows_a_file_that_grows(sockdesk, sockets, tmp_path):
    path = tmp_path / "live.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", path)
    address = desk.opened()
    wait_until(lambda: path.stat().st_size > 0, "the beginning of the file")
    following = sockdesk("log", path, "--follow", "--filter", "rx")
    udp = sockets.udp()
    for payload in (b"one", b"two", b"three"):
        udp.sendto(payload, address)
        assert json.loads(following.line())["hex"] == payload.hex()
    following.signal(signal.SIGINT)
    assert following.exit_status() == 0


def test_it_follows_a_pipe(peer, binary, tmp_path):
    reader, writer = os.pipe()
    following = peer([binary, "log", "-", "--follow", "--format", "raw"], stdin=reader)
    os.close(reader)
    pcap = Pcap()
    for i in range(20):
        pcap.udp(i, ("10.0.0.1", 1), ("10.0.0.2", 2), b"datagram %02d" % i)
    data = pcap.write(tmp_path / "a").read_bytes()
    os.write(writer, data[: len(data) - 100])
    assert following.out.take(11) == b"datagram 00"
    os.write(writer, data[len(data) - 100 :])
    os.close(writer)
    assert following.out.rest().endswith(b"datagram 19")
    assert following.exit_status() == 0


def test_a_pipe_that_breaks_off_is_no_pipe_to_wait_for(peer, binary, capture):
    reader, writer = os.pipe()
    following = peer([binary, "log", "-", "--follow", "--format", "raw", "--direction", "rx", "--filter", "len=5"],
                     stdin=reader)
    os.close(reader)
    os.write(writer, capture.read_bytes()[:-10])
    os.close(writer)
    assert following.exit_status() == 1
    assert following.out.rest() == b"hello"
    assert "standard input" in following.stderr()


def test_an_export_that_is_interrupted_leaves_nothing(peer, binary, tmp_path):
    reader, writer = os.pipe()
    target = tmp_path / "out.csv"
    desk = peer([binary, "log", "-", "--format", "csv", "--output", target], stdin=reader)
    os.close(reader)
    wait_until(lambda: any(tmp_path.iterdir()), "the file being written")
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 0
    assert "was not written" in desk.stderr()
    assert list(tmp_path.iterdir()) == []
    os.close(writer)
