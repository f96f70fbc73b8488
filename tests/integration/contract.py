"""What the command line promises about its output, as checks that every test applies to every line.

JSON: one event a line. Log: header lines as NetAssist's users know them, each payload on a line of its own with a
blank line after it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Iterable

# ---- --format json

TIME = re.compile(r"\d{4}-(0\d|1[0-2])-[0-3]\d"
                  r"T[0-2]\d:[0-5]\d:[0-6]\d\.\d{9}[+-]\d\d:\d\d")

REASONS = {"closed by peer", "reset by peer", "timed out", "closed"}

PAYLOAD_FIELDS = {"local": str, "remote": str, "bytes": int, "hex": str, "text": str}
TOTALS = ("rx_packets", "rx_bytes", "tx_packets", "tx_bytes", "dropped", "discarded")

FIELDS: dict[str, dict[str, type]] = {
    "open": {"protocol": str, "local": str},
    "connect": {"remote": str},
    "disconnect": {"remote": str, "reason": str},
    "recv": PAYLOAD_FIELDS,
    "send": PAYLOAD_FIELDS,
    "error": {"code": str, "message": str},
    "drop": {"count": int, "by": str},
    "close": {name: int for name in TOTALS},
}

# C0 controls, DEL, and C1 controls as UTF-8: what a terminal would act upon.
RAW_CONTROL = re.compile(rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]")


def parse_event(line: bytes) -> dict:
    """The event of one line of stdout (without its line feed), which must be as the contract says."""
    control = RAW_CONTROL.search(line)
    assert control is None, f"a raw control character at byte {control.start()}"
    event = json.loads(line.decode("utf-8"))
    assert isinstance(event, dict), "not an object"
    assert list(event)[:3] == ["time", "session", "event"], "does not begin with time, session, event"
    assert TIME.fullmatch(event["time"]), "time is not RFC 3339 with nine decimals and an offset"
    assert event["session"] == 1, "a terminal run has one session, number 1"
    kind = event["event"]
    assert kind in FIELDS, f"unknown event {kind}"
    for name, expected in FIELDS[kind].items():
        assert name in event, f"{kind} lacks {name}"
        assert type(event[name]) is expected, f"{name} is {event[name]!r}"
    for name in ("local", "remote"):
        if event.get(name) is not None:
            parse_address(event[name])
    if "hex" in FIELDS[kind]:
        assert re.fullmatch("(?:[0-9a-f]{2})*", event["hex"]), "hex is not lowercase pairs of digits"
        assert len(event["hex"]) == 2 * event["bytes"], "hex and bytes disagree"
    if kind == "open":
        assert event["protocol"] in ("udp", "tcp-server", "tcp-client"), "unknown protocol"
        assert parse_address(event["local"])[1] != 0, "the port that was picked is not shown"
    if kind == "disconnect":
        assert event["reason"] in REASONS, f"unknown reason {event['reason']!r}"
    if kind == "error":
        assert event["message"], "an error without a message"
    if kind == "drop":
        assert event["count"] > 0, "a drop of nothing"
        assert event["by"] in {"kernel", "sockdesk"}, f"dropped by {event['by']}"
    return event


def check_order(before: list[dict], event: dict) -> None:
    """What holds between the events of one run."""
    if before:
        assert before[-1]["event"] != "close", "a line after `close`"
        assert nanoseconds(event["time"]) >= nanoseconds(before[-1]["time"]), "time goes backwards"


def nanoseconds(time: str) -> int:
    """Of an RFC 3339 time, since 1970; nine decimals are more than datetime holds."""
    whole, rest = time.split(".")
    seconds = datetime.fromisoformat(whole + rest[9:]).timestamp()
    return int(seconds) * 10**9 + int(rest[:9])


def seconds_between(first: dict, second: dict) -> float:
    return (nanoseconds(second["time"]) - nanoseconds(first["time"])) / 1e9


def parse_address(text: str) -> tuple[str, int]:
    """The host and port of `1.2.3.4:80` or `[::1]:80`."""
    match = re.fullmatch(r"(?:\[([0-9a-f:.]+(?:%\w+)?)]|(\d+\.\d+\.\d+\.\d+)):(\d{1,5})", text)
    assert match, f"not an address: {text!r}"
    return match[1] or match[2], int(match[3])


def format_address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def payload_of(event: dict) -> bytes:
    return bytes.fromhex(event["hex"])


# ---- --format log

STAMP = re.compile(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3})]# (.+)")

ADDRESS = r"(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+]):\d+"
PEER = r"(?:\d+\.\d+\.\d+\.\d+|[0-9a-f:]+|\[[0-9a-f:]+]) :\d+"

BOUND = re.compile(rf"Bound to (?P<local>{ADDRESS})(?P<chosen> \(port chosen by the system\))?")
RECEIVED = re.compile(rf"RECV (?P<mode>ASCII|HEX)(?: FROM (?P<peer>{PEER}))?>")
SENT = re.compile(rf"SEND (?P<mode>ASCII|HEX)(?: TO (?P<peer>ALL|{PEER}))?>")
ONLINE = re.compile(rf"Client (?P<remote>{ADDRESS}) gets online\.")
OFFLINE = re.compile(rf"Client (?P<remote>{ADDRESS}) gets offline\.")


@dataclass
class Entry:
    """One entry of the log: what stands after the time, and the payload's line where it announces one."""

    time: str
    words: str
    payload: str | None = None

    def __str__(self) -> str:
        return self.words if self.payload is None else f"{self.words} {self.payload!r}"


class LogReader:
    """Reads entries from lines, and refuses what is not one."""

    def __init__(self, next_line) -> None:
        self._next_line = next_line
        self.entries: list[Entry] = []

    def next(self) -> Entry | None:
        line = self._next_line()
        if line is None:
            return None
        text = self._clean(line)
        match = STAMP.fullmatch(text)
        assert match, f"not the head of an entry: {text!r}"
        entry = Entry(match[1], match[2])
        datetime.strptime(entry.time, "%Y-%m-%d %H:%M:%S.%f")
        if self.entries:
            assert entry.time >= self.entries[-1].time, "time goes backwards"
        if RECEIVED.fullmatch(entry.words) or SENT.fullmatch(entry.words):
            payload, blank = self._next_line(), self._next_line()
            assert payload is not None, f"no payload after {text!r}"
            assert blank == b"", f"no blank line after the payload of {text!r} but {blank!r}"
            entry.payload = self._clean(payload)
        self.entries.append(entry)
        return entry

    @staticmethod
    def _clean(line: bytes) -> str:
        control = RAW_CONTROL.search(line)
        assert control is None, f"a raw control character at byte {control.start()} of {line!r}"
        return line.decode("utf-8")

    def until(self, pattern: str | re.Pattern[str]) -> tuple[Entry, re.Match[str]]:
        """The next entry whose words match from end to end."""
        while (entry := self.next()) is not None:
            if match := re.fullmatch(pattern, entry.words):
                return entry, match
        raise AssertionError(f"no entry {pattern!r} among {[str(e) for e in self.entries]}")

    def all(self) -> list[Entry]:
        while self.next() is not None:
            pass
        return self.entries


def upper_hex(data: bytes) -> str:
    """As the log shows bytes: uppercase, a space after every one."""
    return "".join(f"{byte:02X} " for byte in data)


def texts(events: Iterable[dict], kind: str = "recv") -> str:
    return "".join(event["text"] for event in events if event["event"] == kind)
