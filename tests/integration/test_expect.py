"""`--expect`: Sockdesk tests another program's sockets in a shell script."""

import hashlib
import random
import re
import shutil
import sys
import time

import pytest

from loopback import receive_all, receive_exactly, reset

PONG_SERVER = """
import socket, sys
s = socket.create_server(("127.0.0.1", 0))
print("bound", s.getsockname()[1], flush=True)
c, _ = s.accept()
c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
assert c.recv(100) == b"ping"
for byte in sys.argv[1].encode():
    c.send(bytes([byte]))
c.recv(1)
"""


def server(peer, answer):
    process = peer([sys.executable, "-c", PONG_SERVER, answer])
    return "127.0.0.1:" + process.expect(r"^bound (\d+)$")[1]


def test_over_the_reads_of_a_stream(sockdesk, peer):
    desk = sockdesk("tcp-client", "--remote", server(peer, "hello, PONG 42!"), "--send", "ping", "--expect", "hello",
                    "--expect", r"re:PONG (\d+)!")
    desk.finished(0)


def test_in_their_order(sockdesk, peer):
    desk = sockdesk("tcp-client", "--remote", server(peer, "one two"), "--send", "ping", "--expect", "two", "--expect", "one",
                    "--within", "200ms")
    desk.finished(3)
    said = desk.stderr()
    assert "expectation 2 of 2 was not met within 200 ms: one" in said
    assert "Nothing arrived instead" in said


def test_what_arrived_instead_is_told(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--expect", "OK", "--within", "5s", "--expect", "is:done", "--count", "9")
    s = sockets.udp()
    s.connect(desk.opened())
    s.send(b"all OK")
    for i in range(8):
        s.send(b"done %d\n\xff" % i)
    desk.finished(3)
    said = desk.stderr()
    assert "expectation 2 of 2 was not met before the session ended: is:done" in said
    assert "the last 5 of 8" in said
    assert re.search(rf"from 127.0.0.1:{s.getsockname()[1]}, 8 bytes: done 7\\n\\xFF", said)
    assert "64 6F 6E 65 20 37 0A FF" in said
    assert "done 2" not in said


def test_long_arrivals_are_cut(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--expect", "never", "--count", "1")
    sockets.udp().sendto(b"x" * 60_000, desk.opened())
    desk.finished(3)
    said = desk.stderr()
    assert "60000 bytes" in said and len(said) < 1000


def test_a_datagram_meets_one_expectation(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--expect", "a", "--expect", "a", "--count", "1")
    sockets.udp().sendto(b"a a", desk.opened())
    desk.finished(3)


def test_the_session_that_ends_before_has_not_met_it(sockdesk, sockets):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", "127.0.0.1:%d" % listener.getsockname()[1], "--expect", "hello")
    sockets.accept(listener).close()
    desk.finished(3)
    assert "before the session ended: hello" in desk.stderr()


def test_one_that_cannot_be_opened_has_failed(binary, peer, sockets):
    host, port = sockets.refusing_tcp()
    process = peer([binary, "tcp-client", "--remote", f"{host}:{port}", "--expect", "x"])
    assert process.exit_status() == 1
    assert "expectation" not in process.stderr()


def test_what_was_to_be_sent_is_sent_before_the_end(sockdesk, sockets):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", "127.0.0.1:%d" % listener.getsockname()[1], "--send", "x", "--every", "20ms", "--times",
                    "10", "--expect", "go")
    connection = sockets.accept(listener)
    connection.send(b"go")
    got = b""
    while piece := connection.recv(100):
        got += piece
    assert got == b"x" * 10
    desk.finished(0)


def test_a_cycle_is_sent_to_its_end_however_long_that_takes(sockdesk, sockets):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", "127.0.0.1:%d" % listener.getsockname()[1], "--send", "x", "--every", "800ms",
                    "--times", "8", "--expect", "go")
    connection = sockets.accept(listener)
    connection.send(b"go")
    assert receive_all(connection) == b"x" * 8
    desk.finished(0)
    assert desk.stderr() == ""


def test_a_cycle_without_an_end_ends_when_all_has_come(sockdesk, sockets):
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", "127.0.0.1:%d" % receiver.getsockname()[1], "--send", "ping", "--every", "5ms", "--cycle",
                    "5ms=>beat", "--expect", "pong")
    address = receiver.recvfrom(100)[1]
    receiver.sendto(b"pong", address)
    desk.finished(0)


def test_a_file_reaches_a_slow_reader_whole(sockdesk, sockets, tmp_path):
    path = tmp_path / "large"
    path.write_bytes(random.Random(9).randbytes(24 << 20))
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", "127.0.0.1:%d" % listener.getsockname()[1], "--source", path, "--expect", "go",
                    format="raw")
    connection = sockets.accept(listener)
    connection.send(b"go")
    digest = hashlib.sha256()
    for _ in range(12):
        time.sleep(0.5)  # it is a slow one
        digest.update(receive_exactly(connection, 1 << 20))
    while data := connection.recv(1 << 20):
        digest.update(data)
    assert digest.digest() == hashlib.sha256(path.read_bytes()).digest()
    assert desk.exit_status() == 0
    assert f"{24 << 20} bytes sent" in desk.stderr()


def test_what_was_left_unsent_is_told_and_a_failure(sockdesk, sockets, tmp_path):
    """The peer stops reading, and the session has no more time."""
    path = tmp_path / "large"
    path.write_bytes(bytes(64 << 20))
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", "127.0.0.1:%d" % listener.getsockname()[1], "--source", path, "--expect", "go",
                    "--for", "1500ms", format="raw")
    sockets.accept(listener).send(b"go")
    assert desk.exit_status() == 1
    told = re.search(rf"(\d+) of {64 << 20} bytes of {path} sent", desk.stderr())
    assert told and int(told[1]) < 64 << 20, desk.stderr()


def test_a_cycle_that_is_cut_off_is_told_and_a_failure(sockdesk, sockets):
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", "127.0.0.1:%d" % receiver.getsockname()[1], "--send", "x", "--every", "1h", "--times", "3",
                    "--expect", "go", "--for", "500ms")
    receiver.sendto(b"go", receiver.recvfrom(100)[1])
    desk.finished(1)
    assert "1 of 3 rounds sent" in desk.stderr()


def test_a_delayed_answer_is_given_before_the_end(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--reply", "ping=>after:300ms:pong", "--expect", "ping")
    s = sockets.udp()
    s.connect(desk.opened())
    s.send(b"ping")
    assert s.recv(100) == b"pong"
    desk.finished(0)


def test_a_delayed_answer_to_a_connection_too(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", "ping=>after:300ms:pong", "--expect", "ping")
    connection = sockets.connect(desk.opened())
    connection.send(b"ping")
    assert receive_all(connection) == b"pong"
    desk.finished(0)


def test_who_hangs_up_before_the_answer_is_not_waited_for(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", "ping=>after:3600000ms:pong", "--expect", "ping")
    connection = sockets.connect(desk.opened())
    connection.send(b"ping")
    desk.event("recv")
    reset(connection)
    desk.finished(0)


def test_input_from_a_file_is_sent_to_its_end(binary, peer, sockets, tmp_path):
    lines = tmp_path / "lines"
    lines.write_text("".join(f"line {n}\n" for n in range(200_000)))
    listener = sockets.listener()
    with lines.open("rb") as file:
        process = peer([binary, "tcp-client", "--remote", "127.0.0.1:%d" % listener.getsockname()[1], "--stdin", "--expect", "go",
                        "--format", "raw"], stdin=file)
        connection = sockets.accept(listener)
        connection.send(b"go")
        assert receive_all(connection) == lines.read_bytes().replace(b"\n", b"")
        assert process.exit_status() == 0


@pytest.mark.parametrize("reconnect", [["--reconnect"], []])
def test_the_time_runs_while_nobody_answers_the_call(binary, peer, sockets, reconnect):
    """A full queue of the listener: the system answers nobody."""
    listener = sockets.listener(backlog=0)
    address = listener.getsockname()
    waiting = sockets.connect(address)
    process = peer([binary, "tcp-client", "--remote", "127.0.0.1:%d" % address[1], *reconnect, "--expect", "x", "--within", "1s"])
    assert process.exit_status() == 3
    assert "not met within 1 s: x" in process.stderr()
    waiting.close()


def test_the_time_runs_while_connections_are_refused(binary, peer, sockets):
    host, port = sockets.refusing_tcp()
    process = peer([binary, "tcp-client", "--remote", f"{host}:{port}", "--reconnect", "--expect", "x", "--within", "1s"])
    assert process.exit_status() == 3
    said = process.stderr()
    assert "not met within 1 s: x" in said and "not open" in said and "refused" in said


def test_a_server_answers_and_is_done(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", "ping=>pong", "--expect", "ping")
    connection = sockets.connect(desk.opened())
    connection.send(b"ping")
    assert connection.recv(100) == b"pong"
    desk.finished(0)


@pytest.mark.skipif(not shutil.which("socat"), reason="needs socat")
def test_in_a_shell_script(binary, peer):
    process = peer(["sh", "-c", '"$0" udp --local 127.0.0.1:0 --expect 42 --within 20s | while read -r line; do port=${line##*127.0.0.1:}; '
                                'port=${port%% *}; case $line in *Bound*) printf 42 | socat -u - UDP4:127.0.0.1:$port;; esac; done', binary])
    assert process.exit_status() == 0


def test_bad_usage(binary, peer):
    for arguments, word in ((["--within", "1s"], "--expect"), (["--expect", "hex:4"], "digit"), (["--expect", "re:("], "bracket"),
                            (["--expect", "a", "--within", "0"], "more than 0")):
        process = peer([binary, "udp", *arguments])
        assert process.exit_status() == 2
        assert word in process.stderr()
