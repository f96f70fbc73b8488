"""The round trip of a message that a regular expression answers, and of one that socat passes to `cat` and back, in turn in one run."""

from __future__ import annotations

import socket
import statistics
import time

from comparison.table import Row
from comparison.workshop import Failure, Running, Workshop, wait_until

# What is asked has what the rule of the same name wants, and is answered in as many bytes as cat gives back.
MESSAGE = b"PING 12345678\n"
RULE = r"re:PING (\d+)\n=>PONG {{match:1}}\n"
ANSWER = b"PONG 12345678\n"
TURNS = 5


def connect(kind: int, port: int) -> socket.socket:
    s = socket.socket(socket.AF_INET, kind)
    s.settimeout(20)
    s.connect(("127.0.0.1", port))
    if kind == socket.SOCK_STREAM:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def one(s: socket.socket, answer: bytes) -> float:
    begin = time.perf_counter()
    s.send(MESSAGE)
    got = s.recv(100)
    end = time.perf_counter()
    if got != answer:
        raise Failure(f"answered with {got!r} instead of {answer!r}")
    return end - begin


class Asked:
    """A program that answers, and somebody who asks it."""

    def __init__(self, argv: list[str], kind: int, answer: bytes) -> None:
        self.process = Running(argv)
        self.answer = answer
        try:
            name = "udp" if kind == socket.SOCK_DGRAM else "tcp"
            port = wait_until(lambda: self.process.bound_port(name), "the port", 20)
            self.socket = connect(kind, port)
            self.round_trips: list[float] = []
        except BaseException:
            self.process.kill()
            raise

    def ask(self, times: int) -> None:
        for _ in range(100):  # the first ones find caches cold and socat without its cat
            one(self.socket, self.answer)
        self.round_trips += [one(self.socket, self.answer) for _ in range(times)]

    def close(self) -> None:
        self.socket.close()
        self.process.kill()


def sockdesk(workshop: Workshop, kind: int) -> Asked:
    subcommand = "udp" if kind == socket.SOCK_DGRAM else "tcp-server"
    argv = ["sh", "-c", 'exec "$@" > /dev/null', "-", workshop.sockdesk, subcommand, "--local", "127.0.0.1:0", "--no-stdin",
            "--escapes", "--reply", RULE, "--reply-rate", "0"]
    return Asked(argv, kind, ANSWER)


def socat(workshop: Workshop, kind: int) -> Asked:
    listen = "UDP4-LISTEN:0,bind=127.0.0.1" if kind == socket.SOCK_DGRAM else "TCP4-LISTEN:0,bind=127.0.0.1,nodelay"
    return Asked([workshop.tool("socat"), listen, "EXEC:cat"], kind, MESSAGE)


def compare(workshop: Workshop, kind: int, what: str) -> Row:
    started: list[Asked] = []
    try:
        for start in (sockdesk, socat):
            started.append(start(workshop, kind))
        ours, peer = started
        for _ in range(TURNS):  # in turn, so that what else the machine does meets both
            for asked in started:
                asked.ask(workshop.scaled(2000))
    finally:
        for asked in started:
            asked.close()
    medians = [statistics.median(asked.round_trips) * 1e6 for asked in (ours, peer)]
    ratio = medians[0] / medians[1]
    return Row(f"{what}: answered by a regular expression, median round trip", f"{medians[0]:.1f} µs",
               f"`socat … EXEC:cat` {medians[1]:.1f} µs", f"{ratio:.2f}", "≤ 1", ratio <= 1)


def measure(workshop: Workshop) -> list[Row]:
    return [compare(workshop, socket.SOCK_DGRAM, "UDP"), compare(workshop, socket.SOCK_STREAM, "TCP")]
