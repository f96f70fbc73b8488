"""A screen without a monitor (Xvfb, drawn in software) and windows of other programs on it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from typing import Iterator

from comparison.workshop import Running, Workshop, wait_until


@contextlib.contextmanager
def virtual_screen(workshop: Workshop) -> Iterator[dict[str, str | None]]:
    """The environment of programs that are to appear there."""
    read_end, write_end = os.pipe()
    server = subprocess.Popen([workshop.tool("Xvfb"), "-displayfd", str(write_end), "-screen", "0", "1280x800x24",
                               "-nolisten", "tcp", "-noreset"],
                              pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        os.close(write_end)
        with os.fdopen(read_end) as numbers:
            number = numbers.readline().strip()
        yield {"DISPLAY": f":{number}", "WAYLAND_DISPLAY": None, "LC_ALL": "C.UTF-8"}
    finally:
        server.terminate()
        server.wait()


def xdotool(screen: dict[str, str | None], *arguments: str) -> str:
    env = {**os.environ, "DISPLAY": screen["DISPLAY"]}
    return subprocess.run(["xdotool", *arguments], env=env, capture_output=True, text=True, timeout=20).stdout


def window_of(screen: dict[str, str | None], name: str) -> str:
    """The window whose title matches, once it is drawn."""
    return wait_until(lambda: next(iter(xdotool(screen, "search", "--onlyvisible", "--name", name).split()), None),
                      f"the window {name}", 30)


@contextlib.contextmanager
def sockdesk_window(workshop: Workshop, screen: dict[str, str | None], *arguments: str | Path,
                    state: str = "state") -> Iterator[Running]:
    """Sockdesk's window, seen to be drawn. Ended by a signal unless it has ended before."""
    workshop.tool("xdotool")
    process = Running([workshop.sockdesk, *arguments], env={**screen, **workshop.state(state)})
    try:
        window_of(screen, "Sockdesk")
        yield process
        if process.process.poll() is None:
            process.signal(signal.SIGTERM)
            process.exit_status(120)
    finally:
        process.kill()
