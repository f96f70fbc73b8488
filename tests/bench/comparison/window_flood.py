"""The flood against windows that show what comes, on a screen drawn in software: Sockdesk's, and Packet Sender's.

Packet Sender does not tell how many rows its log has until somebody saves it by hand. Everything that it reads from its socket
becomes a row (tried: the saved log has as many lines as sent - dropped by the kernel), so that is what is counted.
"""

from __future__ import annotations

import os
import signal

from comparison.saved_file import read_saved
from comparison.screen import sockdesk_window, virtual_screen, window_of
from comparison.table import Row, share, thousands
from comparison.workshop import Failure, Missing, Running, Workshop, flood
from sockdesk_process import socket_rows

SIZE = 64
PATIENCE = 60  # seconds that Packet Sender is given to read what waits in its socket

SETTINGS = """[General]
languageCombo=English
udpServerEnable=true
udpPort=0
tcpServerEnable=false
sslServerEnable=false
dtlsServerEnable=false
checkforUpdates=false
ipMode=127.0.0.1
"""


def against_sockdesk(workshop: Workshop, screen: dict, count: int) -> tuple[int, int, int, int, float]:
    """Sent, logged, dropped by the kernel, dropped as the capture says, and the sender's rate."""
    capture = workshop.folder / "window.pcapng"
    capture.unlink(missing_ok=True)
    arguments = ("udp", "--local", "127.0.0.1:0", "--save", capture, "--gui")
    with sockdesk_window(workshop, screen, *arguments, state="window") as process:
        sent, rate = flood(workshop, process.bound_port("udp"), count, SIZE)
        workshop.wait_for_drain(process.pid, "the window", 60)
        dropped = workshop.dropped(process.pid)
        process.signal(signal.SIGTERM)
        process.exit_status(60)
    saved = read_saved(capture)
    capture.unlink()
    return sent, saved.packets, dropped, saved.dropped, rate


def against_packet_sender(workshop: Workshop, screen: dict, count: int) -> tuple[int, int, str]:
    """Sent, logged, and a remark."""
    program = workshop.tool("packetsender")
    state = workshop.state("packetsender")
    settings = workshop.folder / "packetsender" / "data" / "PacketSender"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "ps_settings.ini").write_text(SETTINGS)
    # It asks xrandr whether there is a display, and takes the absence of xrandr for the absence of a display.
    tools = workshop.folder / "packetsender" / "bin"
    tools.mkdir(exist_ok=True)
    if not (tools / "xrandr").exists():
        (tools / "xrandr").symlink_to(workshop.tool("true"))
    path = f"{tools}:{os.environ['PATH']}"
    process = Running([program], env={**screen, **state, "PATH": path}, cwd=settings)
    try:
        window_of(screen, "Packet Sender")
        sent, _ = flood(workshop, process.bound_port("udp"), count, SIZE)
        remark = ""
        try:
            workshop.wait_for_drain(process.pid, "Packet Sender", PATIENCE)
        except Failure:
            remark = f", and was still busy {PATIENCE} s later"
        waiting = sum(int(row["rx_queue"], 16) != 0 for row in socket_rows(process.pid, "udp"))
        dropped = workshop.dropped(process.pid)
        return sent, sent - dropped, remark if waiting else ""
    finally:
        process.kill()


def measure(workshop: Workshop) -> list[Row]:
    count = workshop.scaled(500_000)
    sent = logged = dropped = 0
    accounted = True
    rates = []
    theirs, remark = "Packet Sender: not installed", ""
    with virtual_screen(workshop) as screen:
        for _ in range(workshop.rounds):
            one_sent, one_logged, one_dropped, told, rate = against_sockdesk(workshop, screen, count)
            sent, logged, dropped = sent + one_sent, logged + one_logged, dropped + one_dropped
            accounted &= one_sent == one_logged + one_dropped and one_dropped == told
            rates.append(rate)
        # Once: it does not differ from round to round by what would matter, and takes its time.
        try:
            their_sent, their_logged, remark = against_packet_sender(workshop, screen, count)
            theirs = f"Packet Sender {share(their_logged, their_sent)}{remark}"
        except Missing as missing:
            theirs = f"Packet Sender: {missing}"
    ratio = "to the datagram" if accounted else "**sent ≠ logged + dropped**"
    return [Row(f"UDP flood, {thousands(count)} × {SIZE} B, with the window open: logged", share(logged, sent), theirs, ratio,
                "99.9 %, sent = logged + dropped", accounted and logged >= 0.999 * sent)]
