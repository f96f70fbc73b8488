"""Many datagrams as fast as they can be taken: all of them are in the saved file, and what was lost is told."""

import signal
import struct
import time

import pytest

import capture_file
import contract
from sockdesk_process import socket_rows, wait_until


def receiver_row(desk) -> dict[str, str]:
    return socket_rows(desk.pid, "udp")[0]


def queued(desk) -> int:
    return int(receiver_row(desk)["rx_queue"], 16)


def dropped(desk) -> int:
    return int(receiver_row(desk)["drops"])


def numbered(count: int, size: int):
    padding = b"\x5a" * (size - 4)
    return (struct.pack("!I", number) + padding for number in range(count))


def numbers_in(file) -> list[int]:
    return [struct.unpack("!I", p.udp_payload[:4])[0] for p in capture_file.packets(file.read_bytes())]


def open_desk(sockdesk, file):
    """Without its own picked port on stdout, since raw is the format that costs the least to read."""
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", file, format="raw")
    return desk, ("127.0.0.1", desk.bound_port("udp"))


@pytest.mark.parametrize("size", [64, 1400])
def test_fifty_thousand_datagrams_are_all_in_the_file(sockdesk, sockets, tmp_path, size):
    count = 50_000
    file = tmp_path / "flood.pcapng"
    desk, address = open_desk(sockdesk, file)
    udp = sockets.udp()
    # As fast as the receiver's own counter says that it keeps up: never more than a part of its buffer is waiting.
    for number, payload in enumerate(numbered(count, size)):
        udp.sendto(payload, address)
        if number % 50 == 49:
            wait_until(lambda: queued(desk) < 65_536, "the receiver to catch up")
    assert len(desk.out.take(count * size)) == count * size
    assert dropped(desk) == 0, "the test sent faster than it meant to"
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 0
    assert numbers_in(file) == list(range(count))


def test_every_datagram_of_an_unbridled_flood_is_in_the_file_or_told_as_dropped(sockdesk, sockets, tmp_path):
    count = 50_000
    file = tmp_path / "flood.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", file)
    address = desk.opened()
    udp = sockets.udp()
    for payload in numbered(count, 64):
        udp.sendto(payload, address)
    wait_until(lambda: queued(desk) == 0, "the receiver to take what is waiting")
    # The kernel tells of drops with the datagram after them, so one more is sent, of another size.
    udp.sendto(b"last", address)
    desk.event("recv", text="last")
    by_the_kernel = dropped(desk)
    desk.interrupted()
    close = desk.totals()
    logged = numbers_in(file)
    assert logged[-1] == struct.unpack("!I", b"last")[0]
    logged.pop()
    assert len(logged) + close["dropped"] == count
    assert close["dropped"] == by_the_kernel
    assert close["rx_packets"] == len(logged) + 1
    assert sum(e["count"] for e in desk.of_kind("drop")) == close["dropped"]
    assert logged == sorted(set(logged)), "out of order or doubled"
    assert [int(e["hex"][:8], 16) for e in desk.of_kind("recv")[:-1]] == logged, "stdout and file differ"


def test_drops_are_told_when_the_receiver_could_not_keep_up(sockdesk, sockets, tmp_path):
    # Stopped like a process that gets no processor time, it cannot but lose datagrams; it has to know and to say so.
    desk = sockdesk("udp", "--local", "127.0.0.1:0")
    address = desk.opened()
    udp = sockets.udp()
    desk.signal(signal.SIGSTOP)
    wait_until(lambda: open(f"/proc/{desk.pid}/stat").read().rpartition(")")[2].split()[0] == "T", "the process to stop")
    sent = 0
    while dropped(desk) < 100:
        assert sent * 60_000 < 4 << 30, "no receive buffer is as large as that"
        for _ in range(100):
            udp.sendto(b"x" * 60_000, address)
        sent += 100
    desk.signal(signal.SIGCONT)
    wait_until(lambda: queued(desk) == 0, "the receiver to take what is waiting")
    udp.sendto(b"last", address)
    desk.out.skip_to(b'"text":"last"}\n')
    lost = dropped(desk)
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 0
    desk.out.rest()
    # Some hundred megabytes of payloads, in which one looks only for the few other lines.
    lines = desk.out.everything().splitlines()
    close = contract.parse_event(lines[-1])
    drops = [contract.parse_event(line) for line in lines if b'"event":"drop"' in line[:120]]
    assert close["dropped"] == lost >= 100
    assert sum(drop["count"] for drop in drops) == lost
    assert close["rx_packets"] == sent - lost + 1
    assert sum(b'"event":"recv"' in line[:120] for line in lines) == sent - lost + 1


def test_a_flooded_desk_still_ends_when_told_to(sockdesk, sockets, tmp_path):
    desk, address = open_desk(sockdesk, tmp_path / "flood.pcapng")
    udp = sockets.udp()
    udp.setblocking(False)
    payload = b"\x5a" * 1400
    started = time.monotonic()
    while time.monotonic() < started + 1.0:
        for _ in range(50):
            udp.sendto(payload, address)
    desk.signal(signal.SIGTERM)
    asked = time.monotonic()
    while desk.process.poll() is None:
        assert time.monotonic() < asked + 60, "it does not end under load"
        for _ in range(50):
            try:
                udp.sendto(payload, address)
            except ConnectionRefusedError:  # it has closed its socket
                pass
    assert desk.exit_status() == 0
    assert capture_file.blocks((tmp_path / "flood.pcapng").read_bytes())
