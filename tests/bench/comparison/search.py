"""Text in what a session kept of 4 GB, against grep on the bare bytes of the same content. Both find it in memory: each has been
over its file before. grep is given lines of some hundred letters and the C locale, so that nothing holds it back.
"""

from __future__ import annotations

import os
import statistics

from comparison.table import Row, rate, spread
from comparison.tcp import stream_capture
from comparison.workshop import NEEDLE, Failure, Workshop, timed

C_LOCALE = {**os.environ, "LC_ALL": "C"}


def measure(workshop: Workshop) -> list[Row]:
    text, program = workshop.text_file, workshop.program("capture_work")
    capture = stream_capture(workshop)
    size = text.stat().st_size
    ours: list[float] = []
    theirs: list[float] = []
    found: set[int] = set()
    grep = [workshop.tool("grep"), "-c", "-a", "-F", NEEDLE, text]
    for number in range(min(workshop.rounds, 3) + 1):
        told = workshop.run_json(program, "search", capture, NEEDLE, "1")
        seconds, done = timed(grep, stdout=-1, env=C_LOCALE, check=True)
        found |= {told["matches"], int(done.stdout)}
        if number == 0:
            continue  # reads the files into memory
        ours.append(told["seconds"][0])
        theirs.append(seconds)
    if len(found) != 1:
        raise Failure(f"sockdesk and grep do not find the same: {found}")
    capture.unlink()
    speed = size / statistics.median(ours)
    relative = statistics.median(b / a for a, b in zip(ours, theirs))
    return [Row(f"text in {size / 1e9:.1f} GB kept ({found.pop():,} found), warm", f"{rate(speed)}; {spread(ours)} s",
                f"`grep -c -F` on the bare bytes {rate(size / statistics.median(theirs))}; {spread(theirs)} s",
                f"{relative:.2f}", "1 GB/s, ratio 1", speed >= 1e9 and relative >= 1)]
