"""What `sockdesk udp` sends by itself, seen by a receiver that does nothing else: as fast as possible beside a bare `sendmmsg` loop,
with a payload that is made anew for each datagram, and at a period."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable

from bench_programs import percentile
from cycle_gaps import measure as arrivals

from comparison.table import Row, thousands
from comparison.workshop import Failure, Running, Workshop, flood

SIZE = 64
WAIT = 120
PLAIN = "Z" * SIZE
# Counter, time and checksum, in about as many bytes.
MADE = ["--template", "--checksum", "crc16-modbus", "--send", "{{counter:0,width=9}} {{time:iso}} " + "Z" * 25]


def at_receiver(workshop: Workshop, send: Callable[[int], None], count: int) -> float:
    """Datagrams a second that came, whether there was room for them or not."""
    process = Running([workshop.peers["bare_receiver"], "127.0.0.1", "500", str(8 << 20)])
    try:
        send(int(process.line()))
        told = json.loads(process.line(WAIT))
    finally:
        process.kill()
    arrived = told["received"] + told["dropped"]
    if arrived != count:
        raise Failure(f"of {count} datagrams {arrived} came")
    return arrived / told["seconds"]


def by_sockdesk(workshop: Workshop, payload: list[str], count: int) -> float:
    def send(port: int) -> None:
        subprocess.run([workshop.sockdesk, "udp", "--remote", f"127.0.0.1:{port}", *payload, "--every", "0", "--times",
                        str(count), "--wait", "0s"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=WAIT,
                       check=True)

    return at_receiver(workshop, send, count)


def by_bare_loop(workshop: Workshop, count: int) -> float:
    return at_receiver(workshop, lambda port: flood(workshop, port, count, SIZE) and None, count)


def as_fast_as_possible(workshop: Workshop) -> list[Row]:
    count = workshop.scaled(1_000_000)
    bare, plain, made = [], [], []
    for number in range(workshop.rounds):
        # Whoever comes second finds the processors warm: each in turn.
        order = [(bare, lambda: by_bare_loop(workshop, count)),
                 (plain, lambda: by_sockdesk(workshop, ["--send", PLAIN], count)),
                 (made, lambda: by_sockdesk(workshop, MADE, count))]
        for rates, one in order if number % 2 == 0 else reversed(order):
            rates.append(one())
    against_bare = statistics.median(a / b for a, b in zip(plain, bare))
    against_plain = statistics.median(a / b for a, b in zip(made, plain))
    return [
        Row(f"UDP sent as fast as possible, {thousands(count)} × {SIZE} B, terminal, all logged",
            f"{statistics.median(plain):,.0f}/s", f"bare `sendmmsg` loop {statistics.median(bare):,.0f}/s",
            f"{against_bare:.0%}", "70 %", against_bare >= 0.7),
        Row("… with counter, time and CRC in each", f"{statistics.median(made):,.0f}/s",
            f"Sockdesk, the same bytes each time {statistics.median(plain):,.0f}/s", f"{against_plain:.0%}", "50 %",
            against_plain >= 0.5),
    ]


def at_a_period(workshop: Workshop, every: str, period: float, count: int, tolerance: int) -> Row:
    stamps = arrivals(workshop.sockdesk, every, count)
    gaps = [b - a for a, b in zip(stamps, stamps[1:])]
    # What one should have counted in the time that it took, against what came.
    in_time = round((stamps[-1] - stamps[0]) / period) + 1
    near = sum(abs(gap - period) <= 100e-6 for gap in gaps) / len(gaps)
    late = [abs(gap - period) * 1e6 for gap in gaps]
    goal = f"±{tolerance} sent" + (", 99 % within ±100 µs" if period >= 1e-3 else "")
    met = len(stamps) == count and abs(in_time - count) <= tolerance and (period < 1e-3 or near >= 0.99)
    return Row(f"UDP every {every} for {count * period:.0f} s", f"{thousands(count)} in the time of {thousands(in_time)}",
               ratio=f"{near:.1%} of gaps within ±100 µs, half within ±{percentile(sorted(late), 50):.0f} µs", goal=goal, met=met)


def measure(workshop: Workshop) -> list[Row]:
    return [*as_fast_as_possible(workshop),
            at_a_period(workshop, "1ms", 1e-3, workshop.scaled(10_000), 1),
            at_a_period(workshop, "100us", 1e-4, workshop.scaled(100_000), 10)]
