"""Reads saved captures: with Wireshark's own tools, and block by block as the pcapng draft says.

draft-ietf-opsawg-pcapng, sections 3.1 (blocks), 3.5 (options), 4.1 (section), 4.2 (interface), 4.3 (packet).
"""

from __future__ import annotations

import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sockdesk_process import DEADLINE

SECTION_HEADER = 0x0A0D0D0A
INTERFACE_DESCRIPTION = 1
ENHANCED_PACKET = 6

OPTION_END, OPTION_COMMENT, EPB_FLAGS = 0, 1, 2

INBOUND, OUTBOUND = 1, 2


@dataclass
class Block:
    type: int
    body: bytes


@dataclass
class Packet:
    """An enhanced packet block."""

    data: bytes
    options: dict[int, bytes]

    @property
    def direction(self) -> int:
        return struct.unpack("<I", self.options[EPB_FLAGS])[0] & 3

    @property
    def udp_payload(self) -> bytes:
        """Of an IPv4 packet that carries UDP."""
        assert self.data[0] >> 4 == 4 and self.data[9] == 17, "not UDP over IPv4"
        return self.data[(self.data[0] & 15) * 4 + 8 :]


def blocks(data: bytes) -> list[Block]:
    """Every block, whole; what is left over at the end fails."""
    found = []
    offset = 0
    while offset < len(data):
        assert len(data) - offset >= 12, f"{len(data) - offset} bytes left over at {offset}"
        kind, length = struct.unpack_from("<II", data, offset)
        assert length % 4 == 0 and offset + length <= len(data), f"block at {offset} is cut short"
        (again,) = struct.unpack_from("<I", data, offset + length - 4)
        assert again == length, f"the two lengths of the block at {offset} differ"
        found.append(Block(kind, data[offset + 8 : offset + length - 4]))
        offset += length
    assert not found or found[0].type == SECTION_HEADER, "does not begin with a section header"
    return found


def whole_blocks_end(data: bytes) -> int:
    """Where the last block ends that is there whole: what a process leaves that was killed while it wrote."""
    offset = 0
    while len(data) - offset >= 12:
        (length,) = struct.unpack_from("<I", data, offset + 4)
        if length < 12 or offset + length > len(data):
            break
        offset += length
    return offset


def packets(data: bytes) -> list[Packet]:
    return [_packet(block.body) for block in blocks(data) if block.type == ENHANCED_PACKET]


def _packet(body: bytes) -> Packet:
    captured, original = struct.unpack_from("<II", body, 12)
    assert captured == original, "a packet was cut"
    rest = body[20 + (captured + 3) // 4 * 4 :]
    options = {}
    while len(rest) >= 4:
        code, length = struct.unpack_from("<HH", rest)
        if code == OPTION_END:
            break
        options[code] = rest[4 : 4 + length]
        rest = rest[4 + (length + 3) // 4 * 4 :]
    return Packet(body[20 : 20 + captured], options)


class Wireshark:
    """tshark and capinfos, away from anybody's own preferences."""

    # The system's random ports are now and then those of a protocol that would read something into our payloads.
    NO_GUESSES = ("-d", "udp.port==1-65535,data", "-d", "tcp.port==1-65535,data")

    CHECKSUMS = ("-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE")

    def __init__(self, home: Path) -> None:
        self._env = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC0"}

    def _run(self, *argv: str | os.PathLike[str], cut_short: bool = False) -> str:
        """Its output; it must end with 0 and complain of nothing, but for a file that may be cut short of that."""
        done = subprocess.run(argv, capture_output=True, env=self._env, timeout=DEADLINE * 3)
        complaints = [
            line for line in done.stderr.decode().splitlines()
            # said to root before it has looked at any file
            if line and not line.startswith('Running as user "root" and group "root".')
        ]
        if cut_short and complaints:
            assert len(complaints) == 1 and "cut short in the middle of a packet" in complaints[0], complaints
        else:
            assert done.returncode == 0 and complaints == [], f"{argv}: {done.returncode} {complaints}"
        return done.stdout.decode("utf-8", "backslashreplace")

    def tshark(self, file: Path, *args: str) -> str:
        return self._run("tshark", "-n", "-r", file, *self.NO_GUESSES, *args)

    def dissect(self, file: Path, *args: str) -> str:
        """With what it guesses from ports."""
        return self._run("tshark", "-n", "-r", file, *args)

    def udp_payloads_of_a_cut_file(self, file: Path) -> list[str]:
        args = ["-n", "-r", file, *self.NO_GUESSES, "-Y", "udp", "-T", "fields", "-e", "udp.payload"]
        return self._run("tshark", *args, cut_short=True).splitlines()

    def fields(self, file: Path, display_filter: str, *names: str) -> list[tuple[str, ...]]:
        """One tuple of fields a packet."""
        args = ["-Y", display_filter, "-T", "fields", "-E", "separator=|", *self.CHECKSUMS]
        for name in names:
            args += ["-e", name]
        return [tuple(line.split("|")) for line in self.tshark(file, *args).splitlines()]

    def capinfos(self, file: Path) -> dict[str, str]:
        out = self._run("capinfos", file)
        return dict((part.strip() for part in line.split(":", 1)) for line in out.splitlines() if ":" in line)

    def assert_well(self, file: Path) -> None:
        """Both tools read it without a word of complaint, and no checksum or dissection in it is wrong."""
        self.capinfos(file)
        wrong = ("_ws.malformed || ip.checksum.status == \"Bad\" || udp.checksum.status == \"Bad\""
                 " || tcp.checksum.status == \"Bad\""
                 " || tcp.analysis.lost_segment || tcp.analysis.retransmission || tcp.analysis.out_of_order"
                 " || tcp.analysis.ack_lost_segment || tcp.analysis.duplicate_ack")
        assert self.tshark(file, *self.CHECKSUMS, "-Y", wrong) == ""
