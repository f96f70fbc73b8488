"""Writes captures as tcpdump does: libpcap's format, raw IP, microseconds or nanoseconds. Independent of the program that is tested.

draft-ietf-opsawg-pcap sections 4 and 5; RFC 791 section 3.1, RFC 768, RFC 9293 section 3.1. Checksums are left out (0), which
readers of captures do not look at.
"""

from __future__ import annotations

import socket
import struct
from pathlib import Path

SYN, FIN, PSH, ACK = 0x02, 0x01, 0x08, 0x10

LINKTYPE_RAW = 101

Address = tuple[str, int]


def _ip(protocol: int, source: str, destination: str, body: bytes) -> bytes:
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 0, 0x4000, 64, protocol, 0,
                       socket.inet_aton(source), socket.inet_aton(destination)) + body


def udp_packet(source: Address, destination: Address, payload: bytes) -> bytes:
    return _ip(17, source[0], destination[0],
               struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0) + payload)


def tcp_packet(source: Address, destination: Address, sequence: int, flags: int, payload: bytes = b"",
               acknowledged: int = 0) -> bytes:
    return _ip(6, source[0], destination[0],
               struct.pack("!HHIIBBHHH", source[1], destination[1], sequence & 0xFFFFFFFF, acknowledged, 0x50, flags,
                           65535, 0, 0) + payload)


class Pcap:
    """Packets with times in seconds since its beginning."""

    BEGIN = 1_795_226_400  # 2026-11-21 02:00:00 UTC

    def __init__(self) -> None:
        self._packets: list[tuple[float, bytes]] = []
        self._sequence: dict[tuple[Address, Address], int] = {}

    def udp(self, at: float, source: Address, destination: Address, payload: bytes) -> None:
        self._packets.append((at, udp_packet(source, destination, payload)))

    def connect(self, at: float, client: Address, server: Address) -> None:
        for source, destination, flags in ((client, server, SYN), (server, client, SYN | ACK), (client, server, ACK)):
            sequence = 1000 + (flags == ACK)
            self._packets.append((at, tcp_packet(source, destination, sequence, flags)))
        self._sequence[client, server] = self._sequence[server, client] = 1001

    def tcp(self, at: float, source: Address, destination: Address, payload: bytes) -> None:
        sequence = self._sequence[source, destination]
        self._packets.append((at, tcp_packet(source, destination, sequence, PSH | ACK, payload)))
        self._sequence[source, destination] = sequence + len(payload)

    def finish(self, at: float, source: Address, destination: Address) -> None:
        self._packets.append(
            (at, tcp_packet(source, destination, self._sequence[source, destination], FIN | ACK)))

    def write(self, path: Path) -> Path:
        with path.open("wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, LINKTYPE_RAW))
            for at, packet in sorted(self._packets, key=lambda each: each[0]):
                nanoseconds = round(at * 1e9)
                file.write(struct.pack("<IIII", self.BEGIN + nanoseconds // 10**9, nanoseconds % 10**9, len(packet),
                                       len(packet)))
                file.write(packet)
        return path
