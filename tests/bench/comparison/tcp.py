"""A stream from socat into `sockdesk tcp-server --save`, which keeps it in its log and the file and passes it on, and into a
socat that only passes it on."""

from __future__ import annotations

import signal
import statistics
import subprocess
import time
from pathlib import Path

from comparison.table import Row, rate
from comparison.workshop import Failure, Running, Workshop, wait_until
from sockdesk_process import socket_rows

# States of /proc/net/tcp, see tcp_states.h of the kernel.
ESTABLISHED, LISTEN = "01", "0A"
LONGEST = 300


def capture_path(workshop: Workshop) -> Path:
    return workshop.folder / "stream.pcapng"


def connections(process: Running) -> list[dict[str, str]]:
    return [row for row in socket_rows(process.pid, "tcp") if row["state"] != LISTEN]


def send(workshop: Workshop, receiver: Running) -> float:
    """Seconds from the connection until the receiver has read the last byte. The sender's own end tells less: its kernel
    takes bytes that nobody has read, and socat lingers after the end of a file."""
    port = receiver.bound_port("tcp")
    sender = subprocess.Popen(
        [workshop.tool("socat"), "-u", f"OPEN:{workshop.text_file},rdonly", f"TCP4:127.0.0.1:{port}"])
    try:
        wait_until(lambda: bool(connections(receiver)), "the connection", 20)
        start = time.monotonic()
        while any(row["state"] == ESTABLISHED or int(row["rx_queue"], 16) != 0 for row in connections(receiver)):
            if time.monotonic() - start > LONGEST:
                raise Failure(f"the receiver has not taken everything after {LONGEST} s")
            time.sleep(0.01)  # seldom enough to leave the processors to the two
        seconds = time.monotonic() - start
        if sender.wait(20) != 0:
            raise Failure("socat could not send everything")
        return seconds
    finally:
        sender.kill()
        sender.wait()


def into_sockdesk(workshop: Workshop, capture: Path) -> float:
    argv = ["sh", "-c", 'exec "$@" > /dev/null', "-", workshop.sockdesk, "tcp-server", "--local", "127.0.0.1:0", "--save",
            str(capture), "--overwrite", "--format", "raw"]
    process = Running(argv)
    try:
        seconds = send(workshop, process)
        process.signal(signal.SIGINT)
        process.exit_status(120)
    finally:
        process.kill()
    return seconds


def into_socat(workshop: Workshop) -> float:
    argv = ["sh", "-c", 'exec "$0" -u TCP4-LISTEN:0,bind=127.0.0.1 - > /dev/null', workshop.tool("socat")]
    process = Running(argv)
    try:
        seconds = send(workshop, process)
        process.exit_status(60)
    finally:
        process.kill()
    return seconds


def is_whole(workshop: Workshop, capture: Path) -> bool:
    """The stream in the capture is the file that was sent, byte by byte."""
    with subprocess.Popen([workshop.sockdesk, "log", str(capture), "--format", "raw", "--direction", "rx"],
                          stdout=subprocess.PIPE) as export:
        same = subprocess.run(["cmp", "-s", "-", str(workshop.text_file)], stdin=export.stdout, timeout=300).returncode == 0
        export.stdout.close()
        return export.wait(60) == 0 and same


def measure(workshop: Workshop) -> list[Row]:
    size = workshop.text_file.stat().st_size
    ours, theirs, whole = [], [], True
    capture = capture_path(workshop)
    for number in range(min(workshop.rounds, 3)):
        capture.unlink(missing_ok=True)
        if number % 2 == 0:
            ours.append(into_sockdesk(workshop, capture))
            theirs.append(into_socat(workshop))
        else:
            theirs.append(into_socat(workshop))
            ours.append(into_sockdesk(workshop, capture))
        whole &= is_whole(workshop, capture)
    relative = statistics.median(b / a for a, b in zip(ours, theirs))
    return [Row(f"TCP, {size / 1e9:.1f} GB from socat, all kept in log and file", rate(size / statistics.median(ours)),
                f"`socat … > /dev/null` {rate(size / statistics.median(theirs))}", f"{relative:.0%}",
                "70 %, every byte" if whole else "70 %, every byte (**bytes differ**)", whole and relative >= 0.7)]


def stream_capture(workshop: Workshop) -> Path:
    """The text as a session kept it: of the last round, or made now."""
    capture = capture_path(workshop)
    if not capture.exists():
        into_sockdesk(workshop, capture)
    return capture
