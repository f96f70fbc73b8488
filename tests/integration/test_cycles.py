"""Several cycles at once (`--cycle`), and deadlines that passed."""

import signal
import time
from collections import Counter

import pytest

from contract import format_address, payload_of
from loopback import receive_exactly
from sockdesk_process import wait_until


def test_each_has_a_rhythm_of_its_own(sockdesk, sockets):
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--send", "main", "--every", "10ms", "--cycle",
                    "20ms=>slow", "--cycle", "1k/s=>hex:00 FF", "--times", "20", "--wait", "0s")
    got = Counter(receiver.recv(100) for _ in range(60))
    assert got == {b"main": 20, b"slow": 20, b"\x00\xff": 20}
    desk.finished()
    at = {}
    for event in desk.of_kind("send"):
        at.setdefault(payload_of(event), []).append(event["time"])
    # Their last rounds are due after 19 ms, 190 ms and 380 ms.
    assert at[b"\x00\xff"][-1] < at[b"main"][-1] < at[b"slow"][-1]


def test_payloads_are_as_those_of_send(sockdesk, sockets):
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--template", "--escapes", "--encoding", "gbk",
                    "--checksum", "fixed=0D", "--cycle", "1ms=>网{{counter}}\\n", "--cycle", "1ms=>text:hex:{{hex:01}}", "--times",
                    "3", "--wait", "0s")
    got = sorted(receiver.recv(100) for _ in range(6))
    assert got == sorted([f"网{n}\n\r".encode("gbk") for n in range(3)]
                         + [b"hex:\x01\r"] * 3)
    desk.finished()


def test_they_go_on_until_stopped(sockdesk, sockets):
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--send", "once", "--cycle", "1ms=>beat")
    got = Counter(receiver.recv(100) for _ in range(101))
    assert got[b"once"] == 1 and got[b"beat"] == 100
    desk.interrupted()


def test_a_server_has_them_for_each_client(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--cycle", "5ms=>a", "--cycle", "5ms=>b", "--times", "10")
    address = desk.opened()
    for _ in range(2):
        client = sockets.connect(address)
        assert Counter(receive_exactly(client, 20)) == {ord("a"): 10, ord("b"): 10}


@pytest.mark.parametrize("arguments, problem", [
    (["--cycle", "1s"], "'1s=>text'"),
    (["--cycle", "soon=>x"], "not a duration"),
    (["--cycle", "many/s=>x"], "not a rate"),
    (["--cycle", "1s=>hex:0"], "digit"),
    (["--template", "--cycle", "1s=>a{{conter}}"], "conter"),
    (["--cycle", "1s=>x", "--gui"], "for the terminal"),
])
def test_what_makes_no_sense_is_refused(binary, peer, arguments, problem):
    process = peer([binary, "udp", "--remote", "127.0.0.1:9", *arguments])
    assert process.exit_status() == 2
    assert problem in process.stderr()


def test_a_fault_is_marked_in_its_place(binary, peer):
    process = peer([binary, "udp", "--remote", "127.0.0.1:9", "--template", "--cycle", "1s=>a{{conter}}"])
    assert process.exit_status() == 2
    _, text, caret = process.stderr().splitlines()
    assert text == "  1s=>a{{conter}}" and caret == "  " + " " * len("1s=>a{{") + "^"


def test_rounds_whose_time_has_passed_are_told(sockdesk, sockets):
    """A machine that sleeps: catching up is bounded, and what was left out is counted."""
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--send", "x", "--every", "1ms", "--cycle",
                    "2ms=>y")
    while receiver.recv(100) != b"y":  # by then both have begun
        pass
    desk.signal(signal.SIGSTOP)
    begun = time.monotonic()
    wait_until(lambda: time.monotonic() - begun > 2, "two seconds of the desk's sleep")
    receiver.setblocking(False)
    with pytest.raises(BlockingIOError):  # what came before that sleep
        while True:
            receiver.recv(100)
    receiver.settimeout(60)
    desk.signal(signal.SIGCONT)
    came = Counter()
    while min(came[b"x"], came[b"y"]) < 100:  # more than is caught up with
        came[receiver.recv(100)] += 1
    desk.interrupted()
    told = [line for line in desk.stderr().splitlines() if "rounds were left out" in line]
    assert len(told) == 2, desk.stderr()
    assert all(int(line.split()[1]) > 500 for line in told)
