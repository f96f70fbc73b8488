"""A program that is killed in the middle of a write leaves a file that ends where a block ends, and nothing of itself behind."""

import os
import signal
import threading

import pytest

import capture_file
from capture_file import Wireshark
from sockdesk_process import wait_until


@pytest.fixture
def wireshark(tmp_path):
    home = tmp_path / "wireshark"
    home.mkdir()
    return Wireshark(home)


def guards_of(file) -> list[int]:
    """Processes named as the guard that have the file open."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/comm") as comm:
                if comm.read().strip() != "sockdesk-guard":
                    continue
            targets = [os.readlink(f"/proc/{entry}/fd/{fd}") for fd in os.listdir(f"/proc/{entry}/fd")]
        except (OSError, ValueError):
            continue  # gone meanwhile
        if str(file) in targets:
            found.append(int(entry))
    return found


class Flood:
    """Datagrams to an address, each beginning with its number, until told to stop."""

    def __init__(self, udp, address) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send, args=(udp, address))
        self._thread.start()

    def _send(self, udp, address) -> None:
        number = 0
        while not self._stop.is_set():
            for number in range(number + 1, number + 51):
                udp.sendto(number.to_bytes(4, "big") * 8_000, address)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


ROUNDS = 12


def test_a_flood_that_is_killed_leaves_whole_blocks(sockdesk, sockets, tmp_path, wireshark):
    for number in range(ROUNDS):
        file = tmp_path / f"{number}.pcapng"
        desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", file, format="raw")
        flood = Flood(sockets.udp(), ("127.0.0.1", desk.bound_port("udp")))
        try:
            # Another moment of the saver's rhythm each time.
            wanted = (2 << 20) + number * 777_777
            wait_until(lambda: file.exists() and file.stat().st_size > wanted, "a few megabytes in the file")
            assert guards_of(file) != []
            desk.signal(signal.SIGKILL)
            assert desk.exit_status() == -signal.SIGKILL
        finally:
            flood.stop()
        wait_until(lambda: not guards_of(file), "the guard's end")

        data = file.read_bytes()
        packets = capture_file.packets(data)  # which fails unless all blocks are whole
        numbers = [int.from_bytes(p.udp_payload[:4], "big") for p in packets]
        longest_block = 66_000
        assert numbers == sorted(set(numbers)) and len(data) > wanted - longest_block
        wireshark.assert_well(file)
        assert len(wireshark.fields(file, "udp", "frame.number")) == len(packets)


def test_the_guard_goes_with_the_program(sockdesk, sockets, tmp_path):
    file = tmp_path / "a.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", file, format="raw")
    desk.bound_port("udp")
    wait_until(lambda: guards_of(file) or None, "a guard")
    (guard,) = guards_of(file)
    # It holds nothing of ours but the file, its own end of the socket and nothing in place of the standard descriptors.
    held = sorted(os.readlink(f"/proc/{guard}/fd/{fd}") for fd in os.listdir(f"/proc/{guard}/fd"))
    assert held[:3] == ["/dev/null"] * 3 and held[3] == str(file) and held[4].startswith("socket:") and len(held) == 5
    with open(f"/proc/{guard}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    assert int(fields[1]) != desk.pid, "a child of the program would be seen by whoever waits for children"
    assert int(fields[3]) == guard or int(fields[3]) != os.getsid(0), "the terminal's session would end it"
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 0
    wait_until(lambda: not os.path.exists(f"/proc/{guard}"), "the guard's end")


def test_a_signal_to_all_does_not_end_the_guard_first(sockdesk, sockets, tmp_path):
    file = tmp_path / "a.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", file, format="raw")
    address = ("127.0.0.1", desk.bound_port("udp"))
    wait_until(lambda: guards_of(file) or None, "a guard")
    (guard,) = guards_of(file)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        os.kill(guard, number)
    sockets.udp().sendto(b"still there", address)
    wait_until(lambda: b"still there" in file.read_bytes(), "the datagram in the file")
    assert guards_of(file) == [guard]
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 0


def test_without_save_there_is_no_second_process(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", format="raw")
    desk.bound_port("udp")
    sessions = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                sessions.append((int(entry), os.readlink(f"/proc/{entry}/exe"), os.getpgid(int(entry))))
            except OSError:
                continue
    own = os.readlink(f"/proc/{desk.pid}/exe")
    ours = [pid for pid, exe, group in sessions if exe == own and group == os.getpgid(desk.pid)]
    assert ours == [desk.pid]
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 0
