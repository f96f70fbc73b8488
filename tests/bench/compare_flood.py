#!/usr/bin/env python3
"""One sender floods one receiver after the other, round after round in the same run: sockdesk that keeps a capture,
socat and ncat that keep the bare bytes, and a loop that keeps nothing. Prints what each received and what each lost, and at what
part of the rate at which it feeds that loop the sender could feed each.

A rate by itself means little: the sender shares the processors with the receiver, so the figures to compare are
those of the same round, and of several rounds the middle one.
"""

from __future__ import annotations

import json
import mmap
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench_programs import Peers, binary, machine, parser

from sockdesk_process import Running, socket_rows, wait_until

ENHANCED_PACKET = 6


@dataclass
class Result:
    receiver: str
    sent: int
    received: int
    told: int  # that the kernel dropped, as the receiver says
    rate: float  # of the sender, datagrams a second

    @property
    def lost(self) -> float:
        return 1 - self.received / self.sent


def count_packets(file: Path) -> int:
    """Enhanced packet blocks in a pcapng file, walked from length to length."""
    count = offset = 0
    head = struct.Struct("<II").unpack_from
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        size = len(data)
        while offset < size:
            kind, length = head(data, offset)
            count += kind == ENHANCED_PACKET
            offset += length
    return count


def flood(peers: Peers, port: int, count: int, size: int) -> tuple[int, float]:
    done = subprocess.run([peers["flood_sender"], "127.0.0.1", str(port), str(count), str(size)],
                          capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return told["sent"], told["per_second"]


def drained(process: Running) -> bool:
    return all(int(row["rx_queue"], 16) == 0 for row in socket_rows(process.pid, "udp"))


def run(name: str, argv: list[str], peers: Peers, count: int, size: int, count_file) -> Result:
    # A pipe would be read by this program, which is not what is measured.
    process = Running(["/bin/sh", "-c", 'exec "$@" > /dev/null', "sh", *argv], stdin=subprocess.DEVNULL)
    try:
        port = process.bound_port("udp")
        sent, rate = flood(peers, port, count, size)
        wait_until(lambda: drained(process), f"{name} to take what is waiting", 60)
        told = sum(int(row["drops"]) for row in socket_rows(process.pid, "udp"))
        process.signal(signal.SIGINT)
        process.exit_status(60)
    finally:
        process.kill()
    return Result(name, sent, count_file(), told, rate)


def run_bare(name: str, buffer: list[str], peers: Peers, count: int, size: int) -> Result:
    process = Running([peers["bare_receiver"], "127.0.0.1", "500", *buffer])
    try:
        sent, rate = flood(peers, int(process.line()), count, size)
        got = json.loads(process.line(60))
    finally:
        process.kill()
    return Result(name, sent, got["received"], got["dropped"], rate)


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--count", type=int, help="datagrams a round (500000 of 64 bytes, 200000 of 1400)")
    arguments.add_argument("--size", type=int, action="append", help="bytes of a datagram; may repeat (64 and 1400)")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--peers", help="the folder with flood_sender and bare_receiver (else they are compiled)")
    options = arguments.parse_args()
    desk = binary(options)
    peers = Peers(options.peers)
    print(machine())

    yardstick = "recvmmsg, 4 MiB buffer"
    exact = True
    for size in options.size or [64, 1400]:
        count = options.count or (500_000 if size < 1000 else 200_000)
        results: list[Result] = []
        print(f"\n{count:,} datagrams of {size} bytes, {options.rounds} rounds")
        print(f"{'receiver':<28}{'received':>12}{'lost':>9}{'sender, 1/s':>14}")
        for _ in range(options.rounds):
            with tempfile.TemporaryDirectory() as folder:
                capture, plain = Path(folder) / "sockdesk.pcapng", Path(folder) / "plain"
                plain_count = lambda: plain.stat().st_size // size  # noqa: E731
                round_results = [
                    run("sockdesk udp --save", [desk, "udp", "--local", "127.0.0.1:0", "--save", str(capture),
                                                "--format", "raw"], peers, count, size,
                        lambda: count_packets(capture)),
                    run("socat -u UDP-RECV", ["socat", "-u", "UDP4-RECV:0,bind=127.0.0.1", f"CREATE:{plain}"], peers,
                        count, size, plain_count),
                    run("ncat -u -l", ["ncat", "--udp", "--listen", "--recv-only", "--output", str(plain), "127.0.0.1", "0"],
                        peers, count, size, plain_count),
                    run_bare("recvmmsg, default buffer", [], peers, count, size),
                    run_bare(yardstick, [str(4 << 20)], peers, count, size),
                ]
            for result in round_results:
                print(f"{result.receiver:<28}{result.received:>12,}{result.lost:>9.2%}{result.rate:>14,.0f}")
            print()
            results += round_results
        base = [r.rate for r in results if r.receiver == yardstick]
        for name in dict.fromkeys(r.receiver for r in results):
            theirs = [r for r in results if r.receiver == name]
            share = statistics.median(r.rate / rate for r, rate in zip(theirs, base))
            print(f"{name:<28} fed at {share:.2f} of the rate of {yardstick}, "
                  f"{statistics.median(r.lost for r in theirs):.3%} lost (worst {max(r.lost for r in theirs):.3%})")
        for r in results:
            if r.receiver.startswith("sockdesk") and r.received + r.told != r.sent:
                exact = False
                print(f"sockdesk: sent {r.sent}, logged {r.received}, dropped by the kernel {r.told}: that does not add up")
    sys.exit(0 if exact else 1)


if __name__ == "__main__":
    main()
