"""What the window does for one frame of the log, drawing left out, in a log of ten thousand and in one of ten million records."""

from __future__ import annotations

import re

from comparison.google_benchmark import run
from comparison.table import Row
from comparison.workshop import Failure, Workshop

FEW, MANY = 10_000, 10_000_000


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
        rows.append(Row(f"a frame without drawing, 10 million records: {name.replace('_', ' ')}", f"{many:.3f} ms",
                        f"the same with 10 thousand: {few:.3f} ms", f"{many / few:.2f}", "2 ms, and the same",
                        # Caches and the noise of a busy machine are no growth; a cost by record would be a factor of 1,000.
                        many < 2 and many < few * 2))
    return rows
