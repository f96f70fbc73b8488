"""`sockdesk replay`: what was recorded goes out again, every byte, in order, with the time between."""

import json
import signal
import time

import pytest

from loopback import receive_all, receive_exactly
from pcap_file import Pcap
from sockdesk_process import wait_until

HERE, THERE = ("10.0.0.1", 5000), ("10.0.0.2", 80)


def target(s) -> str:
    host, port = s.getsockname()[:2]
    return f"{host}:{port}"


@pytest.fixture
def replay(sockdesk):
    def start(path, to, *options, **how):
        return sockdesk("replay", path, "--to", to, *options, "--wait", "50ms", **how)

    return start


@pytest.fixture
def recorded(sockdesk, sockets, tmp_path):
    """A capture of what a UDP session received and echoed."""
    payloads = [b"first", b"", bytes(range(256)), b"\xa5" * 60_000, b"last"]
    path = tmp_path / "udp.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo", "--save", path)
    address = desk.opened()
    udp = sockets.udp()
    for payload in payloads:
        udp.sendto(payload, address)
        assert udp.recv(70_000) == payload
    desk.interrupted()
    return path, payloads


@pytest.mark.parametrize("direction", [[], ["--direction", "rx"], ["--direction", "tx"]])
def test_datagrams_are_those_that_were_recorded(replay, sockets, recorded, direction):
    path, payloads = recorded
    udp = sockets.udp()
    desk = replay(path, target(udp), *direction)
    assert [udp.recv(70_000) for _ in payloads] == payloads
    events = desk.finished()
    assert [bytes.fromhex(event["hex"]) for event in events if event["event"] == "send"] == payloads
    assert desk.totals()["tx_packets"] == len(payloads)


def test_answers_are_shown(replay, sockets, recorded):
    path, payloads = recorded
    udp = sockets.udp()
    desk = replay(path, target(udp), "--filter", 'rx "first"')
    data, address = udp.recvfrom(100)
    assert data == b"first"
    udp.sendto(b"an answer", address)
    events = desk.finished()
    # The peer may answer within the wait; that it did is the sender's own knowledge.
    assert [event["text"] for event in events if event["event"] == "recv"] in (["an answer"], [])


def gaps(udp, count: int) -> list[float]:
    times = []
    for _ in range(count):
        udp.recv(100)
        times.append(time.monotonic())
    return [later - earlier for earlier, later in zip(times, times[1:])]


def test_the_time_between_is_kept(replay, sockets, tmp_path):
    pcap = Pcap()
    for i, at in enumerate((0, 0.01, 0.8, 0.81)):
        pcap.udp(at, HERE, THERE, b"%d" % i)
    path = pcap.write(tmp_path / "a.pcap")
    udp = sockets.udp()
    udp.setblocking(True)
    replay(path, target(udp))
    as_recorded = gaps(udp, 4)
    assert as_recorded[1] > 0.5  # 0.79, less what the datagram before it was late
    replay(path, target(udp), "--speed", "0.5")
    slower = gaps(udp, 4)
    assert slower[1] > 1.0
    desk = replay(path, target(udp), "--speed", "0")
    order = [udp.recv(100) for _ in range(4)]
    assert order == [b"0", b"1", b"2", b"3"]
    desk.finished()


def test_without_anything_received_what_was_sent_is_taken(sockdesk, replay, sockets, tmp_path):
    path = tmp_path / "tx.pcapng"
    udp = sockets.udp()
    sockdesk("udp", "--remote", target(udp), "--send", "only sent", "--wait", "10ms", "--save", path).finished()
    assert udp.recv(100) == b"only sent"
    desk = replay(path, target(udp))
    assert udp.recv(100) == b"only sent"
    desk.finished()


def test_a_stream_is_the_stream_that_was_recorded(sockdesk, replay, sockets, tmp_path):
    path = tmp_path / "tcp.pcapng"
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--save", path)
    address = desk.opened()
    data = bytes(i * 7 % 251 for i in range(300_000))
    client = sockets.connect(address)
    client.sendall(data)
    client.close()
    desk.event("disconnect")
    desk.interrupted()

    listener = sockets.listener()
    running = replay(path, target(listener), "--speed", "100")
    connection = sockets.accept(listener)
    assert receive_all(connection) == data
    connection.close()
    running.finished()


def test_each_connection_has_one_of_its_own(replay, sockets, tmp_path):
    pcap = Pcap()
    clients = [("10.0.0.1", 5000 + i) for i in range(5)]
    for client in clients:
        pcap.connect(0, client, THERE)
    for round_ in range(20):
        for i, client in enumerate(clients):
            pcap.tcp(0.001 * round_, client, THERE, b"<%d:%02d>" % (i, round_))
    listener = sockets.listener()
    desk = replay(pcap.write(tmp_path / "a.pcap"), target(listener), "--filter", "to 10.0.0.2:80")
    connections = [sockets.accept(listener) for _ in clients]
    streams = sorted(receive_all(connection) for connection in connections)
    assert streams == [b"".join(b"<%d:%02d>" % (i, r) for r in range(20)) for i in range(5)]
    for connection in connections:
        connection.close()
    assert desk.exit_status() == 0


def test_a_connection_with_addresses_used_before_is_a_new_one(replay, sockets, tmp_path):
    pcap = Pcap()
    for at, text in ((0, b"first"), (1, b"second")):
        pcap.connect(at, HERE, THERE)
        pcap.tcp(at + 0.1, HERE, THERE, text)
        pcap.finish(at + 0.2, HERE, THERE)
        pcap.finish(at + 0.2, THERE, HERE)
    listener = sockets.listener()
    desk = replay(pcap.write(tmp_path / "a.pcap"), target(listener), "--filter", "to 10.0.0.2:80", "--speed", "10")
    for text in (b"first", b"second"):
        connection = sockets.accept(listener)
        assert receive_all(connection) == text
        connection.close()
    assert desk.exit_status() == 0


def test_a_peer_that_does_not_read_is_waited_for(replay, sockets, tmp_path):
    """More than the kernel and the send queue hold: nothing is lost, and what waits is bounded."""
    pcap = Pcap()
    pcap.connect(0, HERE, THERE)
    piece = bytes(range(256)) * 250
    pieces = 700
    for i in range(pieces):
        pcap.tcp(0.0001 * i, HERE, THERE, piece)
    listener = sockets.listener()
    desk = replay(pcap.write(tmp_path / "a.pcap"), target(listener), "--format", "raw", format=None)
    connection = sockets.accept(listener)
    wait_until(lambda: stalled(desk), "a sender that waits")
    assert receive_exactly(connection, len(piece) * pieces) == piece * pieces
    assert connection.recv(1) == b""
    connection.close()
    assert desk.exit_status() == 0


def stalled(desk) -> bool:
    """It has used no processor time between two looks."""

    def ticks() -> int:
        with open(f"/proc/{desk.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(0.2)
    return before > 0 and ticks() == before


def test_both_transports_need_a_choice(replay, sockets, tmp_path):
    pcap = Pcap()
    pcap.udp(0, HERE, THERE, b"datagram")
    pcap.connect(0, HERE, THERE)
    pcap.tcp(0, HERE, THERE, b"stream")
    path = pcap.write(tmp_path / "a.pcap")
    udp = sockets.udp()
    refused = replay(path, target(udp))
    assert "both UDP datagrams and TCP streams" in refused.stderr()
    assert "--protocol" in refused.stderr()
    assert refused.exit_status() == 1
    replay(path, target(udp), "--protocol", "udp").finished()
    assert udp.recv(100) == b"datagram"
    listener = sockets.listener()
    desk = replay(path, target(listener), "--filter", "tcp")
    connection = sockets.accept(listener)
    assert receive_all(connection) == b"stream"
    connection.close()
    desk.finished()


def test_nothing_to_replay(replay, sockets, recorded):
    path, _ = recorded
    desk = replay(path, target(sockets.udp()), "--filter", "tcp")
    assert desk.exit_status() == 1
    assert "passes the filter" in desk.stderr()


def test_nobody_there(replay, sockets, tmp_path):
    pcap = Pcap()
    pcap.connect(0, HERE, THERE)
    pcap.tcp(0, HERE, THERE, b"x")
    path = pcap.write(tmp_path / "a.pcap")
    host, port = sockets.refusing_tcp()
    desk = replay(path, f"{host}:{port}")
    assert desk.exit_status() == 1
    assert "refused" in desk.stderr()


def test_a_long_one_says_so_and_can_be_stopped(replay, sockets, tmp_path):
    pcap = Pcap()
    pcap.udp(0, HERE, THERE, b"now")
    pcap.udp(7260, HERE, THERE, b"later")
    udp = sockets.udp()
    desk = replay(pcap.write(tmp_path / "a.pcap"), target(udp))
    assert udp.recv(100) == b"now"
    desk.expect("2 h 1 min", on="err")
    events = desk.interrupted(signal.SIGINT)
    assert events[-1]["event"] == "close"
    assert [event["text"] for event in events if event["event"] == "send"] == ["now"]


def test_it_comes_from_the_address_that_is_asked_for(replay, sockets, recorded):
    path, _ = recorded
    udp = sockets.udp()
    replay(path, target(udp), "--from", "127.0.0.1:0", "--filter", 'rx "last"').finished()
    assert udp.recvfrom(100)[0] == b"last"


def test_a_broken_capture_is_replayed_as_far_as_it_goes(replay, sockets, recorded, tmp_path):
    path, payloads = recorded
    broken = tmp_path / "broken.pcapng"
    broken.write_bytes(path.read_bytes()[:-1])
    udp = sockets.udp()
    desk = replay(broken, target(udp))
    assert [udp.recv(70_000) for _ in payloads] == payloads
    assert desk.exit_status() == 1
    assert "byte" in desk.stderr()
    assert json.loads(desk.out.everything().splitlines()[0])["event"] == "open"
