"""`--verify`: the trailer of what arrives, against Python's own checksums; what fails is marked."""

import json
import re
import subprocess
import zlib

import pytest

from sockdesk_process import DEADLINE


def with_crc(payload: bytes) -> bytes:
    return payload + zlib.crc32(payload).to_bytes(4, "big")


GOOD = [with_crc(b"123456789"), with_crc(b""), with_crc(b"\x00" * 500)]
BAD = [b"123456789\x00\x00\x00\x00", b"abc", b""]


def send_to(sockets, desk, datagrams):
    s = sockets.udp()
    s.connect(desk.opened())
    for datagram in datagrams:
        s.send(datagram)
    return s


def test_json_says_of_each_whether_it_is_right(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--verify", "crc32,be", "--count", "6")
    send_to(sockets, desk, GOOD + BAD)
    desk.finished()
    received = desk.of_kind("recv")
    assert [event["checksum"] for event in received] == ["ok"] * 3 + ["wrong"] * 3
    assert received[3]["expected"] == zlib.crc32(b"123456789").to_bytes(4, "big").hex()
    assert received[4]["expected"] == ""
    assert "crc32,be: right on 3 of 6 received, wrong on 3" in desk.stderr()


def test_without_it_nothing_is_said(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "1")
    send_to(sockets, desk, BAD[:1])
    desk.finished()
    assert list(desk.of_kind("recv")[0]) == ["time", "session", "event", "local", "remote", "bytes", "hex", "text"]
    assert desk.stderr() == ""


def test_the_log_marks_what_fails_and_keeps_its_lines(sockdesk, sockets, log_of):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--verify", "crc32,be", "--count", "3", "--view", "hex", format="log")
    log = log_of(desk)
    _, match = log.until(r"Bound to 127\.0\.0\.1:(\d+).*")
    s = sockets.udp()
    for datagram in (GOOD[0], BAD[0], BAD[1]):
        s.sendto(datagram, ("127.0.0.1", int(match[1])))
    words = [entry.words for entry in log.all()]
    assert desk.exit_status() == 0
    peer = "127.0.0.1 :%d" % s.getsockname()[1]
    received = f"RECV HEX FROM {peer}>"
    assert words[1:6] == [received, received, "Checksum wrong: ends with 00 00 00 00, crc32,be makes CB F4 39 26", received,
                         "Checksum wrong: 3 bytes, and crc32,be alone has 4"]


def test_what_is_sent_is_not_looked_at(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--verify", "sum", "--echo", "--count", "1")
    s = send_to(sockets, desk, [b"x"])
    assert s.recv(100) == b"x"
    desk.finished()
    assert "checksum" not in desk.of_kind("send")[0]


def test_a_message_of_a_connection_may_take_several_reads(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--verify", "crc32,be")
    client = sockets.connect(desk.opened())
    message = with_crc(b"a message in three reads")
    for piece in (message[:5], message[5:20], message[20:], with_crc(b"whole"), b"wrong"):
        client.send(piece)
        desk.event("recv")  # it was a read of its own
    client.close()
    desk.event("disconnect")
    desk.interrupted()
    received = desk.of_kind("recv")
    assert [event["checksum"] for event in received] == ["wrong", "wrong", "ok", "ok", "wrong"]
    assert [event.get("reads") for event in received] == [None, None, 3, None, None]
    assert "right on 4 of 5 received, wrong on 1" in desk.stderr()


@pytest.fixture
def capture(sockdesk, sockets, tmp_path):
    path = tmp_path / "talk.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo", "--save", path, "--count", "2")
    send_to(sockets, desk, [GOOD[0], BAD[0]])
    desk.finished()
    return path


def log(binary, *args):
    done = subprocess.run([binary, "log", *map(str, args)], capture_output=True, timeout=DEADLINE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_a_capture_too(binary, capture):
    for format_, found in (("log", r"Checksum wrong: ends with 00 00 00 00, crc32,be makes CB F4 39 26"),
                           ("hexdump", r"Checksum wrong: ends with"), ("json", r'"checksum":"wrong","expected":"cbf43926"}'),
                           ("csv", r",wrong\r\n")):
        status, out, err = log(binary, capture, "--verify", "crc32,be", "--format", format_)
        assert status == 0
        assert len(re.findall(found, out)) == 1, out
        assert "right on 1 of 2 received, wrong on 1" in err


def test_every_line_of_csv_has_the_column(binary, capture):
    _, out, _ = log(binary, capture, "--verify", "crc32,be", "--format", "csv")
    _, bare, _ = log(binary, capture, "--format", "csv")
    lines = out.split("\r\n")
    assert lines[0].endswith(",text,checksum")
    assert [line.rpartition(",")[0] for line in lines[:-1]] == bare.split("\r\n")[:-1]
    marks = {line.split(",")[2]: line.rpartition(",")[2] for line in lines[1:-1]}
    assert marks["send"] == "" and marks["open"] == ""


def test_the_rest_of_json_is_as_it_was(binary, capture):
    _, out, _ = log(binary, capture, "--verify", "crc32,be", "--format", "json")
    _, bare, _ = log(binary, capture, "--format", "json")
    events = [json.loads(line) for line in out.splitlines()]
    for event in events:
        assert ("checksum" in event) == (event["event"] == "recv")
        event.pop("checksum", None)
        event.pop("expected", None)
    assert events == [json.loads(line) for line in bare.splitlines()]


def test_a_filter_chooses_what_is_counted(binary, capture):
    _, _, err = log(binary, capture, "--verify", "crc32,be", "--filter", 'rx "1234" len>12', "--format", "json")
    assert "right on 1 of 2 received" in err
    _, _, err = log(binary, capture, "--verify", "crc32,be", "--direction", "tx")
    assert "right on 0 of 0 received" in err


def test_bad_usage(binary, peer, capture):
    for arguments, word in ((["udp", "--verify", "crc99"], "crc99"), (["log", str(capture), "--verify", "crc99"], "crc99"),
                            (["log", str(capture), "--verify", "sum", "--format", "raw"], "raw"),
                            (["udp", "--verify", "sum", "--gui"], "--gui")):
        process = peer([binary, *arguments])
        assert process.exit_status() == 2
        assert word in process.stderr()
