"""What is lost is told, apart by who lost it: in the events, in the totals, in the saved file, and what can be done about it."""

import os
import shutil
import signal
import struct
import subprocess

import pytest

import capture_file
from capture_file import Wireshark
from sockdesk_process import socket_rows, wait_until

INTERFACE_STATISTICS = 5
ISB_IFRECV, ISB_IFDROP, ISB_OSDROP, ISB_USRDELIV = 4, 5, 7, 8

#: What sockdesk asks the kernel for, in the unit of net.core.rmem_max.
WANTED = 32 << 20
RMEM_MAX = int(open("/proc/sys/net/core/rmem_max").read())

UNPRIVILEGED = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def dropped(desk) -> int:
    return int(socket_rows(desk.pid, "udp")[0]["drops"])


def queued(desk) -> int:
    return int(socket_rows(desk.pid, "udp")[0]["rx_queue"], 16)


def state(desk) -> str:
    return open(f"/proc/{desk.pid}/stat").read().rpartition(")")[2].split()[0]


def overrun(desk, udp, address) -> tuple[int, int]:
    """Stops the receiver until the kernel has dropped some, lets it go on, and answers what was sent and dropped."""
    desk.signal(signal.SIGSTOP)
    wait_until(lambda: state(desk) == "T", "the process to stop")
    before = dropped(desk)
    sent = 0
    while dropped(desk) < before + 50:
        assert sent * 60_000 < 4 << 30, "no receive buffer is as large as that"
        for _ in range(50):
            udp.sendto(b"x" * 60_000, address)
        sent += 50
    desk.signal(signal.SIGCONT)
    wait_until(lambda: queued(desk) == 0, "the receiver to take what is waiting")
    return sent, dropped(desk) - before


def statistics(data: bytes) -> list[dict[int, int]]:
    """The numbers of every interface statistics block."""
    found = []
    for block in capture_file.blocks(data):
        if block.type != INTERFACE_STATISTICS:
            continue
        numbers, rest = {}, block.body[12:]
        while len(rest) >= 4:
            code, length = struct.unpack_from("<HH", rest)
            if code == 0:
                break
            numbers[code] = int.from_bytes(rest[4 : 4 + length], "little")
            rest = rest[4 + (length + 3) // 4 * 4 :]
        found.append(numbers)
    return found


def test_drops_are_in_the_events_the_totals_and_the_file(sockdesk, sockets, tmp_path):
    file = tmp_path / "loss.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", file)
    address = desk.opened()
    udp = sockets.udp()
    sent = lost = 0
    for _ in range(2):
        more_sent, more_lost = overrun(desk, udp, address)
        sent += more_sent
        lost += more_lost
        drop = desk.event("drop", by="kernel")
        while sum(event["count"] for event in desk.of_kind("drop")) < lost:
            drop = desk.event("drop", by="kernel")
        assert drop["count"] > 0
    desk.interrupted()
    close = desk.totals()
    assert (close["rx_packets"] + close["dropped"], close["dropped"], close["discarded"]) == (sent, lost, 0)
    assert sum(event["count"] for event in desk.of_kind("drop")) == lost

    data = file.read_bytes()
    assert len(capture_file.packets(data)) == sent - lost
    numbers = statistics(data)
    assert len(numbers) == len(desk.of_kind("drop")) + 1, "one with each drop, and one at the end"
    assert numbers[-1] == {ISB_IFRECV: sent, ISB_IFDROP: lost, ISB_OSDROP: lost, ISB_USRDELIV: sent - lost}
    assert [each[ISB_OSDROP] for each in numbers] == sorted(each[ISB_OSDROP] for each in numbers)
    wireshark = Wireshark(tmp_path)
    wireshark.capinfos(file)
    assert len(wireshark.fields(file, "udp", "frame.number")) == sent - lost
    said = wireshark.fields(file, 'frame contains "dropped by the system"', "frame.number")
    assert len(said) == len(desk.of_kind("drop"))


def test_a_process_that_is_killed_leaves_what_was_lost_in_its_file(sockdesk, sockets, tmp_path):
    file = tmp_path / "killed.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", file)
    address = desk.opened()
    _, lost = overrun(desk, sockets.udp(), address)

    def saved():
        data = file.read_bytes()
        whole = statistics(data[: capture_file.whole_blocks_end(data)])
        return bool(whole) and whole[-1][ISB_OSDROP] == lost

    wait_until(saved, "the loss to be in the file", 30)
    desk.signal(signal.SIGKILL)
    assert desk.exit_status() == -signal.SIGKILL
    data = file.read_bytes()
    assert statistics(data[: capture_file.whole_blocks_end(data)])[-1][ISB_OSDROP] == lost


def test_each_section_of_a_file_has_statistics_of_its_own(sockdesk, sockets, tmp_path):
    file = tmp_path / "twice.pcapng"
    udp = sockets.udp()
    for count in (3, 5):
        desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", file, "--count", str(count))
        address = desk.opened()
        for _ in range(count):
            udp.sendto(b"x", address)
        desk.finished()
    assert [each[ISB_USRDELIV] for each in statistics(file.read_bytes())] == [3, 5]


@pytest.fixture
def unprivileged(binary, sockdesk):
    if os.geteuid() != 0:
        return sockdesk
    if not shutil.which("setpriv"):
        pytest.skip("no setpriv here")
    if subprocess.run([*UNPRIVILEGED, binary, "--version"], capture_output=True).returncode != 0:
        pytest.skip(f"{binary} cannot be run by another user")
    return lambda *args, **options: sockdesk(*args, prefix=UNPRIVILEGED, **options)


def test_the_first_drop_says_how_to_raise_the_limit_that_caused_it(unprivileged, sockets):
    if RMEM_MAX >= WANTED:
        pytest.skip(f"net.core.rmem_max is {RMEM_MAX}, which is no limit")
    desk = unprivileged("udp", "--local", "127.0.0.1:0", env={"HOME": "/nonexistent"})
    address = desk.opened()
    udp = sockets.udp()
    overrun(desk, udp, address)
    message = desk.event("drop")["message"]
    assert f"{RMEM_MAX} bytes" in message and f"{WANTED} were asked for" in message
    assert f"sudo sysctl -w net.core.rmem_max={WANTED}" in message
    told = len(desk.of_kind("drop"))
    _, lost = overrun(desk, udp, address)
    desk.event("drop")
    desk.interrupted()
    assert len(desk.of_kind("drop")) > told
    assert ["message" in event for event in desk.of_kind("drop")].count(True) == 1
    # Said at the beginning as well where the buffer is small indeed.
    said = "sudo sysctl -w net.core.rmem_max" in desk.stderr()
    assert said == (RMEM_MAX < 4 << 20)


def test_a_privileged_process_is_not_held_back(sockdesk, sockets):
    if os.geteuid() != 0:
        pytest.skip("only a privileged process may exceed net.core.rmem_max")
    desk = sockdesk("udp", "--local", "127.0.0.1:0")
    address = desk.opened()
    overrun(desk, sockets.udp(), address)
    assert "message" not in desk.event("drop")
    desk.interrupted()
    assert "rmem_max" not in desk.stderr()
