"""What is told of a file that is being sent: on a terminal while it is, elsewhere at the end."""

import os
import pty
import re
import signal
import subprocess

from contract import format_address
from loopback import receive_exactly, reset
from sockdesk_process import DEADLINE, Output

MIB = 1 << 20


def test_one_line_at_the_end(sockdesk, sockets, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10_000)
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--source", path, "--piece", "1000", "--wait",
                    "0s")
    desk.finished()
    (line,) = desk.stderr().splitlines()
    assert re.fullmatch(rf"sockdesk: {path}: 10000 bytes sent in \d+\.\d+ s \(.*/s\)", line), line


def test_a_line_on_a_terminal_is_written_again_and_again(binary, sockets, tmp_path):
    path = tmp_path / "a file\x1b[31m"
    path.write_bytes(os.urandom(8 * MIB))
    listener = sockets.listener()
    screen, terminal = pty.openpty()
    process = subprocess.Popen([binary, "tcp-client", "--remote", format_address(*listener.getsockname()), "--source", path,
                                "--piece", "8k", "--interval", "2ms", "--wait", "0s", "--format", "raw"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=terminal)
    os.close(terminal)
    shown = Output(screen, "the terminal")
    try:
        connection = sockets.accept(listener)
        receive_exactly(connection, 8 * MIB)
        assert connection.recv(1) == b""
        assert process.wait(DEADLINE) == 0
    finally:
        process.kill()
    shown.rest(DEADLINE)
    text = shown.everything().decode()
    lines = [line for line in re.split(r"\r?\x1b\[K|\r\n", text) if line]
    progress = [re.match(r"(\d+) %  ([\d.]+) (\w+) of 8\.4 MB", line) for line in lines]
    seen = [int(match[1]) for match in progress if match]
    assert len(seen) >= 3 and seen == sorted(seen), text
    assert any(re.search(r"MB/s  [\d.]+ s left", line) for line in lines), text
    assert "\x1b[31m" not in text
    assert re.search(r"8388608 bytes sent in [\d.]+ s \([\d.]+ MB/s\)\s*$", text), text


def test_how_often_a_server_sent_it(sockdesk, sockets, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10_000)
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--source", path)
    address = desk.opened()
    for _ in range(3):
        receive_exactly(sockets.connect(address), 10_000)
    desk.interrupted()
    assert f"{path}: sent 3 times, 3 of them whole, 30000 bytes" in desk.stderr()


def test_without_a_cut_udp_gets_datagrams_as_large_as_they_can_be(sockdesk, sockets, tmp_path):
    """As in the window."""
    path = tmp_path / "file"
    content = os.urandom(150_000)
    path.write_bytes(content)
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--source", path, "--wait", "0s", format="raw")
    got = [receiver.recv(70_000) for _ in range(3)]
    assert [len(datagram) for datagram in got] == [65_507, 65_507, 150_000 - 2 * 65_507]
    assert b"".join(got) == content
    assert desk.exit_status() == 0


def test_a_server_whose_file_shrinks_says_so_and_serves_the_next(sockdesk, sockets, tmp_path):
    path = tmp_path / "shrinks"
    path.write_bytes(b"s" * (64 * MIB))
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--source", path, format="raw")
    address = ("127.0.0.1", desk.bound_port("tcp"))
    first = sockets.connect(address)
    receive_exactly(first, 1)  # the rest waits: nobody reads it yet
    os.truncate(path, 32 * MIB)
    receive_exactly(first, 32 * MIB - 1)
    desk.expect(rf"the file has become shorter while it was sent: it held {64 * MIB} bytes", on="err")
    second = sockets.connect(address)
    receive_exactly(second, 32 * MIB)
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 1
    assert "sent 2 times, 1 of them whole" in desk.stderr()


def test_who_connects_again_gets_it_from_its_beginning(sockdesk, sockets, tmp_path):
    path = tmp_path / "file"
    content = os.urandom(64 * MIB)
    path.write_bytes(content)
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--reconnect", "--source", path,
                    format="raw")
    first = sockets.accept(listener)
    assert receive_exactly(first, MIB) == content[:MIB]
    reset(first)
    desk.expect(rf"the connection was lost after \d+ of {64 * MIB} bytes; the next one gets the file from its beginning",
                on="err")
    second = sockets.accept(listener)
    assert receive_exactly(second, 64 * MIB) == content


def test_a_file_of_a_payload_that_is_missing_has_one_status(binary, peer, tmp_path):
    missing = str(tmp_path / "none")
    item = "{{file:" + missing + "}}"
    for arguments in (["--send", item, "--template"], ["--reply", "x=>" + item], ["--template", "--cycle", "1s=>" + item],
                      ["--send-file", missing], ["--source", missing]):
        process = peer([binary, "udp", "--remote", "127.0.0.1:9", *arguments])
        assert process.exit_status() == 1, arguments
        (line,) = process.stderr().splitlines()
        assert missing in line and "No such file" in line
