"""What the window does for one frame of the log, drawing left out, in a log of ten thousand and in one of ten million records.

A frame that leads elsewhere in a log longer than memory reads that part back from the disk, which a short log never has to: its
cost is bounded by the goal, but cannot be the same.
"""

from __future__ import annotations

import re

from comparison.google_benchmark import run
from comparison.table import Row
from comparison.workshop import Failure, Workshop

FEW, MANY = 10_000, 10_000_000
READ_BACK = ("dragging", "jumping")


def measure(workshop: Workshop) -> list[Row]:
    by_view: dict[str, dict[int, float]] = {}
    for name, result in run(workshop, "bench_view", rf"/({FEW}|{MANY})(/|$)").items():
        size = int(re.search(rf"/({FEW}|{MANY})(?:/|$)", name)[1])
        by_view.setdefault(re.sub(rf"/{size}(?=/|$)", "", name).removesuffix("/real_time"), {})[size] = result.seconds
    views = {name: sizes for name, sizes in by_view.items() if len(sizes) == 2}
    if not views:
        raise Failure(f"bench_view has no benchmark of {FEW} and of {MANY} records")
    rows = []
    for name, sizes in views.items():
        few, many = sizes[FEW] * 1e3, sizes[MANY] * 1e3
        # Caches and the noise of a busy machine are no growth; a cost by record would be a factor of 1,000.
        same = many < few * 2
        reads = name in READ_BACK
        rows.append(Row(f"a frame without drawing, 10 million records: {name}" + (", read back from disk" if reads else ""),
                        f"{many:.3f} ms", f"10 thousand records, in memory: {few:.3f} ms", f"{many / few:.2f}",
                        "2 ms" if reads else "2 ms, and the same", many < 2 and (reads or same)))
    return rows
