"""A disk that fills up while a session is saved there: said at once, nothing kept is damaged, and the session goes on."""

import shutil
import signal

import pytest

import capture_file
from capture_file import Wireshark
from sockdesk_process import NamespacesUnavailable, with_small_disk

DISK = "512k"
DATAGRAMS = 1000  # of 1,400 bytes: more than the disk holds


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        return folder, with_small_disk(folder, DISK)
    except NamespacesUnavailable as reason:
        pytest.skip(f"no mount namespaces here: {reason}")


def test_the_session_goes_on_and_the_file_ends_with_a_whole_block(sockdesk, sockets, small_disk, tmp_path):
    folder, prefix = small_disk
    saved = folder / "run.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo", "--save", saved, prefix=prefix)
    address = desk.opened()
    udp = sockets.udp()
    payloads = [b"%06d" % number + b"x" * 1394 for number in range(DATAGRAMS)]
    for payload in payloads:
        udp.sendto(payload, address)
        assert udp.recv(2000) == payload, "it answers, disk or no disk"
    told = desk.err.line().decode()
    assert str(saved) in told and "the disk is full" in told, told
    udp.sendto(b"after", address)
    assert udp.recv(2000) == b"after"

    copy = tmp_path / "copy.pcapng"
    shutil.copy(f"/proc/{desk.pid}/root{saved}", copy)
    data = copy.read_bytes()
    assert capture_file.whole_blocks_end(data) == len(data)
    kept = [packet.udp_payload for packet in capture_file.packets(data)]
    assert len(kept) > 100
    # Each was received and echoed, in this order.
    assert kept == [payload for payload in payloads for _ in range(2)][: len(kept)]
    home = tmp_path / "wireshark"
    home.mkdir()
    Wireshark(home).assert_well(copy)

    desk.signal(signal.SIGINT)
    events = desk.finished(status=1)
    received = [event["text"] for event in events if event["event"] == "recv"]
    assert received == [payload.decode() for payload in payloads] + ["after"], "the log misses nothing"
