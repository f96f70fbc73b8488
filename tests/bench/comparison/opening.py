"""A capture of 10 million datagrams: how long until something is seen, and until all is known. tshark and capinfos do other
work with it (they dissect, or only count); they stand here for orientation.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from pathlib import Path

from comparison.table import Row, spread, thousands
from comparison.workshop import Failure, Missing, Workshop, timed


def until_first_line(argv: list[str | Path]) -> float:
    start = time.monotonic()
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        line = process.stdout.readline()
        seconds = time.monotonic() - start
        process.kill()
    if not line:
        raise Failure(f"{argv[0]} printed nothing")
    return seconds


def measure(workshop: Workshop) -> list[Row]:
    capture = workshop.datagram_capture
    first, window, indexed = [], [], []
    for _ in range(workshop.rounds):
        first.append(until_first_line([workshop.sockdesk, "log", capture]))
        told = workshop.run_json(workshop.program("capture_work"), "open", capture)
        if told["records"] != workshop.datagrams:
            raise Failure(f"{told['records']} records were read of {workshop.datagrams}")
        window.append(told["first_seconds"])
        indexed.append(told["all_seconds"])
    try:
        tshark = [until_first_line([workshop.tool("tshark"), "-n", "-r", capture]) for _ in range(2)][-1]
        capinfos = [timed([workshop.tool("capinfos"), "-c", capture], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=True)[0] for _ in range(2)][-1]
        peers = [f"`tshark -r` {tshark:.2f} s", f"`capinfos -c` {capinfos:.2f} s"]
    except Missing as missing:
        peers = [str(missing), "—"]
    what = f"opening a capture of {thousands(workshop.datagrams)} records, warm"
    return [
        Row(f"{what}: first line of `sockdesk log`", f"{spread(first)} s", peers[0], goal="2 s",
            met=statistics.median(first) < 2),
        Row("… first records in a log", f"{spread(window, '{:.3f}')} s", goal="2 s", met=statistics.median(window) < 2),
        Row("… all indexed, in the background", f"{spread(indexed)} s", peers[1]),
    ]
