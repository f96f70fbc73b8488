"""What a saved capture says of itself, read block by block without a line of Sockdesk's code."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

ENHANCED_PACKET, INTERFACE_STATISTICS = 6, 5
ISB_IFDROP = 5


@dataclass
class Saved:
    packets: int
    dropped: int  # as the last interface statistics block has it


def dropped_in(body: bytes) -> int:
    """draft-ietf-opsawg-pcapng, section 4.6: interface, time stamp, options."""
    offset = 12
    while offset + 4 <= len(body):
        code, length = struct.unpack_from("<HH", body, offset)
        if code == ISB_IFDROP:
            return struct.unpack_from("<Q", body, offset + 4)[0]
        offset += 4 + (length + 3) // 4 * 4
    return 0


def read_saved(path: Path) -> Saved:
    saved = Saved(0, 0)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        offset, end = 0, len(data)
        header = struct.Struct("<II").unpack_from
        while offset < end:
            kind, length = header(data, offset)
            if kind == ENHANCED_PACKET:
                saved.packets += 1
            elif kind == INTERFACE_STATISTICS:
                saved.dropped = dropped_in(data[offset + 8 : offset + length - 4])
            offset += length
    return saved
