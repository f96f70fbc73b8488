"""The window flooded until its log has 10 million records: the most memory the process ever had (VmHWM, proc(5)), with
libraries, fonts and the software renderer. Counted afterwards in the recording that it leaves.
"""

from __future__ import annotations

import re
import signal
from pathlib import Path

from comparison.saved_file import read_saved
from comparison.screen import sockdesk_window, virtual_screen
from comparison.table import Row, thousands
from comparison.workshop import Failure, Workshop, flood

BUDGET_MIB = 512
AT_ONCE = 250_000


def peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)[1]) / 1024


def measure(workshop: Workshop) -> list[Row]:
    sent = dropped = 0
    with virtual_screen(workshop) as screen:
        with sockdesk_window(workshop, screen, "udp", "--local", "127.0.0.1:0", "--gui", state="memory") as process:
            port = process.bound_port("udp")
            before = peak_mib(process.pid)
            while (wanted := workshop.datagrams - (sent - dropped)) > 0:
                sent += flood(workshop, port, min(wanted, AT_ONCE), 64)[0]
                workshop.wait_for_drain(process.pid, "the window", 60)
                dropped = workshop.dropped(process.pid)
            peak = peak_mib(process.pid)
            process.signal(signal.SIGTERM)
            process.exit_status(120)
    recordings = list((workshop.folder / "memory" / "state").rglob("*.pcapng"))
    kept = sum(read_saved(path).packets for path in recordings)
    for path in recordings:
        path.unlink()
    if kept != sent - dropped:
        raise Failure(f"{sent:,} sent, {dropped:,} dropped, but {kept:,} recorded")
    return [Row(f"memory of the window with a log of {thousands(kept)} records", f"{peak:.0f} MiB at the most",
                f"the same window, empty: {before:.0f} MiB", goal=f"{BUDGET_MIB} MiB", met=peak <= BUDGET_MIB)]
