#!/usr/bin/env python3
"""How evenly `sockdesk udp --every` sends: the kernel's receive time stamps (SO_TIMESTAMPNS, socket(7)) tell when each
datagram came, however late this program reads it. Prints the whole duration, the drift, and the distribution of gaps.
"""

from __future__ import annotations

import socket
import struct
import subprocess
import sys

from bench_programs import binary, machine, parser, percentile

SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35)
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


def seconds(text: str) -> float:
    for unit in ("us", "ms", "s"):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * UNITS[unit]
    sys.exit(f"not a period: {text}")


def measure(desk: str, every: str, times: int) -> list[float]:
    """When each datagram arrived, in seconds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        receiver.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        sender = subprocess.Popen(
            [desk, "udp", "--remote", f"127.0.0.1:{receiver.getsockname()[1]}", "--send", "tick", "--every", every,
             "--times", str(times), "--wait", "0s", "--format", "raw"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        stamps = []
        try:
            for _ in range(times):
                _, ancillary, _, _ = receiver.recvmsg(64, 64)
                whole, nanoseconds = next(struct.unpack("qq", data) for level, kind, data in ancillary
                                          if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS)
                stamps.append(whole + nanoseconds / 1e9)
            _, diagnostics = sender.communicate(timeout=10)
            if sender.returncode != 0:
                sys.exit(f"sockdesk ended with {sender.returncode}: {diagnostics.decode()}")
        finally:
            sender.kill()
            sender.communicate()
    return stamps


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--every", action="append", help="period; may repeat (1ms)")
    arguments.add_argument("--times", type=int, default=5000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    desk = binary(options)
    print(machine())
    for every in options.every or ["1ms"]:
        period = seconds(every)
        print(f"\nevery {every}, {options.times} times; gaps in microseconds")
        print(f"{'duration s':>11}{'drift µs':>10}{'min':>9}{'p1':>9}{'p50':>9}{'p99':>9}{'p99.9':>9}{'max':>9}{'±10 %':>9}")
        for _ in range(options.rounds):
            stamps = measure(desk, every, options.times)
            gaps = sorted((b - a) * 1e6 for a, b in zip(stamps, stamps[1:]))
            duration = stamps[-1] - stamps[0]
            # Of the last datagram against where the first one and the period put it: what accumulates would show here.
            drift = (duration - period * (len(stamps) - 1)) * 1e6
            near = sum(abs(gap - period * 1e6) <= period * 1e5 for gap in gaps) / len(gaps)
            cells = [gaps[0], *(percentile(gaps, p) for p in (1, 50, 99, 99.9)), gaps[-1]]
            print(f"{duration:>11.6f}{drift:>10.1f}" + "".join(f"{cell:>9.1f}" for cell in cells) + f"{near:>9.2%}")


if __name__ == "__main__":
    main()
