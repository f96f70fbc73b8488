"""What the topics share: the programs, a folder that goes when the run ends, and things made once for several topics."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from functools import cached_property
from pathlib import Path

from bench_programs import Peers
from sockdesk_process import Failure, Running, socket_rows, wait_until

NEEDLE = "needle-in-the-stream"


class Missing(Exception):
    """A program that a topic needs is not here; the topic is left out, and the table says so."""


class Workshop:
    def __init__(self, sockdesk: str, programs: str | None, quick: bool, rounds: int) -> None:
        self.sockdesk = sockdesk
        # The benchmarks of a build lie beside its binary: BUILD/bin/sockdesk, BUILD/bench.
        self.programs = Path(programs) if programs else Path(sockdesk).resolve().parent.parent / "bench"
        self.quick = quick
        self.rounds = rounds
        self.folder = Path(tempfile.mkdtemp(prefix="sockdesk-compare-"))

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def scaled(self, amount: int) -> int:
        """A tenth of the work in a quick run."""
        return amount // 10 if self.quick else amount

    def program(self, name: str) -> str:
        """One of ours, built with the benchmarks."""
        path = self.programs / name
        if not os.access(path, os.X_OK):
            raise Missing(f"{path} (build it with the preset `bench`, or name the folder with --programs)")
        return str(path)

    @staticmethod
    def tool(name: str) -> str:
        found = shutil.which(name)
        if not found:
            raise Missing(f"{name} (third_party/setup --bench installs it)")
        return found

    @cached_property
    def peers(self) -> Peers:
        """flood_sender and bare_receiver."""
        have = all(os.access(self.programs / name, os.X_OK) for name in ("flood_sender", "bare_receiver"))
        return Peers(str(self.programs) if have else None)

    def run_json(self, *argv: str | Path, timeout: float = 600) -> dict:
        done = subprocess.run([os.fspath(part) for part in argv], stdout=subprocess.PIPE, text=True, timeout=timeout,
                              check=True)
        return json.loads(done.stdout)

    def state(self, name: str) -> dict[str, str]:
        """Folders of a program's own, so that a run neither finds nor leaves anything in the user's."""
        home = self.folder / name
        home.mkdir(exist_ok=True)
        return {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state"),
                "XDG_DATA_HOME": str(home / "data")}

    # ---- made once

    @cached_property
    def text_file(self) -> Path:
        """4 GB of text in lines of some hundred letters, one line in 50,000 with the needle."""
        letters = random.Random(1)
        lines = []
        for number in range(50_000):
            words = bytes(letters.choices(b"etaoin shrdlucmfwyp.vbgkjqxz0123456789", k=letters.randrange(40, 160)))
            lines.append(words + (NEEDLE.encode() if number == 25_000 else b"") + b"\n")
        block = b"".join(lines)
        path = self.folder / "text"
        with path.open("wb") as file:
            for _ in range(-(-self.scaled(4_000_000_000) // len(block))):
                file.write(block)
        return path

    @cached_property
    def datagram_capture(self) -> Path:
        """10 million datagrams of 64 bytes."""
        path = self.folder / "datagrams.pcapng"
        self.run_json(self.program("capture_work"), "make", path, str(self.datagrams), "64")
        return path

    @property
    def datagrams(self) -> int:
        return self.scaled(10_000_000)

    # ---- the kernel's view of a process

    @staticmethod
    def dropped(pid: int) -> int:
        return sum(int(row["drops"]) for row in socket_rows(pid, "udp"))

    @staticmethod
    def wait_for_drain(pid: int, what: str, deadline: float) -> None:
        """Until nothing waits in its UDP sockets."""
        wait_until(lambda: all(int(row["rx_queue"], 16) == 0 for row in socket_rows(pid, "udp")),
                   f"{what} to take what is waiting", deadline)


def flood(workshop: Workshop, port: int, count: int, size: int, timeout: float = 120) -> tuple[int, float]:
    """How many datagrams were sent, and how many a second."""
    told = workshop.run_json(workshop.peers["flood_sender"], "127.0.0.1", str(port), str(count), str(size),
                             timeout=timeout)
    return told["sent"], told["per_second"]


def timed(argv: list[str | Path], timeout: float = 600, **process) -> tuple[float, subprocess.CompletedProcess]:
    start = time.monotonic()
    done = subprocess.run([os.fspath(part) for part in argv], timeout=timeout, **process)
    return time.monotonic() - start, done


__all__ = ["Failure", "Missing", "NEEDLE", "Running", "Workshop", "flood", "timed", "wait_until"]
