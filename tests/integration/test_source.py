"""A file as what is sent (`--source`), and how often (`--rate`, `--burst`), against plain sockets."""

import hashlib
import os
import random
import socket

import pytest

from contract import format_address
from loopback import receive_all
from sockdesk_process import resident_bytes

MIB = 1 << 20


@pytest.fixture
def large_file(tmp_path):
    path = tmp_path / "large"
    block = random.Random(5).randbytes(MIB)
    with path.open("wb") as file:
        for number in range(50):
            file.write(number.to_bytes(4, "big") + block[number:])
    return path


def digest_of(connection: socket.socket) -> tuple[str, int]:
    connection.settimeout(30)
    digest, size = hashlib.sha256(), 0
    while data := connection.recv(256 << 10):
        digest.update(data)
        size += len(data)
    return digest.hexdigest(), size


def test_a_large_file_arrives_byte_by_byte_in_constant_memory(sockdesk, sockets, large_file):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--source", large_file, "--wait", "0s",
                    format="raw")
    connection = sockets.accept(listener)
    connection.settimeout(30)
    first = connection.recv(1)
    before = resident_bytes(desk.pid)
    digest, size = hashlib.sha256(first), 1
    while data := connection.recv(256 << 10):
        digest.update(data)
        size += len(data)
    assert size == large_file.stat().st_size
    assert digest.hexdigest() == hashlib.sha256(large_file.read_bytes()).hexdigest()
    assert before < 300 * MIB
    assert desk.exit_status() == 0


def test_a_server_sends_it_to_every_client(sockdesk, sockets, large_file):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--source", large_file, format="raw")
    port = desk.bound_port("tcp")
    expected = hashlib.sha256(large_file.read_bytes()).hexdigest()
    for _ in range(2):
        client = sockets.connect(("127.0.0.1", port))
        client.settimeout(30)
        digest, left = hashlib.sha256(), large_file.stat().st_size
        while left:
            data = client.recv(min(left, 256 << 10))
            assert data
            digest.update(data)
            left -= len(data)
        assert digest.hexdigest() == expected
        client.close()


def test_lines_are_datagrams_without_their_ends(sockdesk, sockets, tmp_path):
    receiver = sockets.udp()
    path = tmp_path / "lines"
    path.write_bytes(b"one\r\ntwo\n\n\xe4\xb8\xad\nlast")
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--source", path, "--lines", "--interval",
                    "1ms", "--wait", "0s", format="raw")
    assert [receiver.recv(100) for _ in range(5)] == [b"one", b"two", b"", "中".encode(), b"last"]
    assert desk.exit_status() == 0


def test_pieces_are_datagrams_with_their_checksum(sockdesk, sockets, tmp_path):
    receiver = sockets.udp()
    path = tmp_path / "pieces"
    path.write_bytes(bytes(range(10)))
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--source", path, "--piece", "4", "--checksum",
                    "sum", "--wait", "0s", format="raw")
    assert [receiver.recv(100) for _ in range(3)] == [bytes([0, 1, 2, 3, 6]), bytes([4, 5, 6, 7, 22]), bytes([8, 9, 17])]
    assert desk.exit_status() == 0


def test_a_line_that_is_too_long_ends_it_and_is_named(sockdesk, sockets, tmp_path):
    receiver = sockets.udp()
    path = tmp_path / "lines"
    path.write_bytes(b"fits\n" + b"x" * 70_000 + b"\nnever\n")
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--source", path, "--lines", "--wait", "0s",
                    format="raw")
    assert receiver.recv(100) == b"fits"
    assert desk.exit_status() == 1
    assert "line 2 is longer than 65507 bytes" in desk.stderr()


def test_a_file_that_shrinks_while_it_is_sent_is_told(sockdesk, sockets, tmp_path):
    path = tmp_path / "shrinks"
    path.write_bytes(b"s" * (64 * MIB))
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--source", path, "--wait", "0s",
                    format="raw")
    connection = sockets.accept(listener)
    connection.settimeout(30)
    assert connection.recv(1) == b"s"  # the rest waits: nobody reads it yet
    os.truncate(path, 32 * MIB)
    received = 1 + len(receive_all(connection))
    assert received == 32 * MIB
    assert desk.exit_status() == 1
    assert f"it held {64 * MIB} bytes" in desk.stderr()


@pytest.mark.parametrize("arguments, problem, status", [
    (["--source", "/does/not/exist", "--lines"], "No such file", 1),
    (["--source", "/", "--lines"], "directory", 1),
    (["--source", "/etc/passwd", "--piece", "70000"], "1 to 65507", 2),
    (["--source", "/etc/passwd", "--piece", "4", "--lines"], "one of them", 2),
    (["--source", "/etc/passwd", "--lines", "--send", "x"], "does not go with --send", 2),
    (["--lines"], "--source PATH", 2),
    (["--send", "x", "--rate", "fast"], "not a rate", 2),
    (["--send", "x", "--rate", "0/s"], "not a rate", 2),
    (["--send", "x", "--rate", "5/s", "--every", "1s"], "one of them", 2),
    (["--send", "x", "--burst", "5"], "how often", 2),
    (["--rate", "5/s"], "nothing to send", 2),
])
def test_what_makes_no_sense_is_refused(sockdesk, arguments, problem, status):
    desk = sockdesk("udp", "--remote", "127.0.0.1:9", *arguments, format="raw")
    assert desk.exit_status() == status
    assert problem in desk.stderr()


@pytest.mark.parametrize("rhythm", [["--rate", "50k/s"], ["--rate", "1.5M/s"], ["--rate", "2k/s", "--burst", "10"],
                                    ["--every", "10us"], ["--every", "0"]])
def test_every_round_goes_out_once_and_in_order(sockdesk, sockets, rhythm):
    receiver = sockets.udp()
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * MIB)
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--template", "--send", "{{counter}}", *rhythm,
                    "--times", "1000", "--wait", "0s")
    assert [int(receiver.recv(100)) for _ in range(1000)] == list(range(1000))
    desk.finished()
    assert desk.totals()["tx_packets"] == 1000
    assert [event["text"] for event in desk.of_kind("send")] == [str(number) for number in range(1000)]


def test_nobody_at_the_port_costs_no_datagram(sockdesk, sockets):
    """What comes back by ICMP is told; it neither stops the batches nor is taken for a failure of another datagram."""
    desk = sockdesk("udp", "--remote", format_address(*sockets.refusing_udp()), "--template", "--send", "{{counter}}",
                    "--every", "0", "--times", "500", "--wait", "0s")
    desk.finished()
    assert [event["text"] for event in desk.of_kind("send")] == [str(number) for number in range(500)]
    assert desk.of_kind("error")
