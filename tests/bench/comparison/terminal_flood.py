"""One sender floods one receiver after the other: `sockdesk udp --save`, which keeps every datagram with its time and
addresses and prints it, socat and ncat, which keep the bare bytes, and a recvmmsg loop, which keeps nothing.
"""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from comparison.saved_file import read_saved
from comparison.table import Row, share, thousands
from comparison.workshop import Running, Workshop, flood

WAIT = 60


@dataclass
class Rounds:
    """Of one receiver."""

    sent: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    accounted: bool = True  # sent = kept + dropped, in every round

    def kept_share(self) -> str:
        return share(sum(self.kept), sum(self.sent))


def one_round(workshop: Workshop, rounds: Rounds, argv: list[str | Path], count: int, size: int, count_kept) -> None:
    """`count_kept` is told what the kernel dropped, and answers what the receiver kept and what it says was dropped."""
    process = Running(argv, stdin=subprocess.DEVNULL)
    try:
        port = process.bound_port("udp")
        sent, rate = flood(workshop, port, count, size)
        workshop.wait_for_drain(process.pid, str(argv[0]), WAIT)
        dropped = workshop.dropped(process.pid)
        process.signal(signal.SIGINT)
        process.exit_status(WAIT)
    finally:
        process.kill()
    kept, told = count_kept()
    rounds.sent.append(sent)
    rounds.kept.append(kept)
    rounds.rate.append(rate)
    rounds.accounted &= sent == kept + dropped and told in (None, dropped)


def bare_round(workshop: Workshop, rounds: Rounds, count: int, size: int) -> None:
    process = Running([workshop.peers["bare_receiver"], "127.0.0.1", "500", str(4 << 20)])
    try:
        sent, rate = flood(workshop, int(process.line()), count, size)
        received = json.loads(process.line(WAIT))["received"]
    finally:
        process.kill()
    rounds.sent.append(sent)
    rounds.kept.append(received)
    rounds.rate.append(rate)


def compare(workshop: Workshop, count: int, size: int, needed: float) -> list[Row]:
    socat, ncat = workshop.tool("socat"), workshop.tool("ncat")
    ours, bare, theirs = Rounds(), Rounds(), {"socat": Rounds(), "ncat": Rounds()}
    for number in range(workshop.rounds):
        capture, plain = workshop.folder / "flood.pcapng", workshop.folder / "flood.plain"

        def in_capture() -> tuple[int, int]:
            saved = read_saved(capture)
            return saved.packets, saved.dropped

        def in_plain() -> tuple[int, None]:
            return plain.stat().st_size // size, None

        def sockdesk() -> None:
            argv = ["sh", "-c", 'exec "$@" > /dev/null', "-", workshop.sockdesk, "udp", "--local", "127.0.0.1:0", "--save",
                    capture, "--overwrite", "--format", "raw"]
            one_round(workshop, ours, argv, count, size, in_capture)

        def bare_loop() -> None:
            bare_round(workshop, bare, count, size)

        # Whoever comes second finds the processors warm: each in turn.
        for measure in (sockdesk, bare_loop) if number % 2 == 0 else (bare_loop, sockdesk):
            measure()
        one_round(workshop, theirs["socat"], [socat, "-u", "UDP4-RECV:0,bind=127.0.0.1", f"CREATE:{plain}"], count, size,
                  in_plain)
        one_round(workshop, theirs["ncat"], [ncat, "--udp", "--listen", "--recv-only", "--output", plain, "127.0.0.1", "0"],
                  count, size, in_plain)
        capture.unlink()
        plain.unlink()

    relative = statistics.median(a / b for a, b in zip(ours.rate, bare.rate))
    others = ", ".join(f"{name} {rounds.kept_share()}" for name, rounds in theirs.items())
    what = f"UDP flood, {thousands(count)} × {size:,} B, terminal, all saved"
    goal = "all" if needed == 1 else f"{needed:.1%}"
    return [
        Row(f"{what}: logged", ours.kept_share(), f"{others}; bare `recvmmsg` loop {bare.kept_share()}",
            goal=goal + ", sent = logged + dropped",
            ratio="to the datagram" if ours.accounted else "**sent ≠ logged + dropped**",
            met=ours.accounted and sum(ours.kept) >= needed * sum(ours.sent)),
        Row("… the sender's rate meanwhile", f"{statistics.median(ours.rate):,.0f}/s",
            f"bare loop {statistics.median(bare.rate):,.0f}/s", f"{relative:.0%}", "90 %", relative >= 0.9),
    ]


def measure(workshop: Workshop) -> list[Row]:
    return [*compare(workshop, workshop.scaled(500_000), 64, 1),
            *compare(workshop, workshop.scaled(200_000), 1_400, 0.999)]
