"""What the measurements here share: where the programs are, and the helpers of the integration tests."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
sys.dont_write_bytecode = True


def parser(description: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--sockdesk", default=os.environ.get("SOCKDESK"), help="the binary (or set SOCKDESK)")
    return made


def binary(options: argparse.Namespace) -> str:
    if not options.sockdesk or not os.access(options.sockdesk, os.X_OK):
        sys.exit("name the sockdesk binary with --sockdesk or in the environment variable SOCKDESK")
    return os.path.abspath(options.sockdesk)


class Peers:
    """flood_sender and bare_receiver: from a folder where they are built, or compiled on the spot."""

    def __init__(self, folder: str | None) -> None:
        self._temporary = None
        if folder:
            self._folder = Path(folder)
            return
        self._temporary = tempfile.TemporaryDirectory()
        self._folder = Path(self._temporary.name)
        compiler = os.environ.get("CXX") or shutil.which("c++") or sys.exit("no C++ compiler for the peers; set CXX")
        for name in ("flood_sender", "bare_receiver"):
            subprocess.run([compiler, "-std=c++20", "-O2", "-o", self._folder / name, HERE / f"{name}.cpp"], check=True)

    def __getitem__(self, name: str) -> str:
        return str(self._folder / name)


def machine() -> str:
    model = "an unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    load = os.getloadavg()[0]
    limit = Path("/proc/sys/net/core/rmem_max").read_text().strip()
    return (f"{os.cpu_count()} × {model}, Linux {os.uname().release}, load {load:.2f} at the start, "
            f"largest receive buffer {limit} bytes{' (root may exceed it)' if os.geteuid() == 0 else ''}")


def percentile(ordered: list[float], percent: float) -> float:
    """Nearest rank."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
