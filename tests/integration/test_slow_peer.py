"""A TCP peer that does not read: memory stays bounded, the process still answers, and nothing that was taken is lost when
the peer reads after all."""

import signal
import socket
import threading
import time

import pytest

from contract import format_address
from loopback import receive_all, receive_exactly
from sockdesk_process import resident_bytes, wait_until

MIB = 1 << 20

# Segments of the log that are kept ready (4 × 8 MiB), the send queue (16 MiB), the program itself, and room for a
# sanitizer's shadow; what is not bounded grows by gigabytes in the time that is watched.
BOUND = 400 * MIB


@pytest.fixture
def deaf_listener(sockets):
    """Listens, accepts by the kernel alone, and never reads."""
    return sockets.listener()


def watch(desk, seconds: float) -> int:
    """The largest resident size over that time."""
    largest = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        largest = max(largest, resident_bytes(desk.pid))
        time.sleep(0.02)
    return largest


@pytest.mark.parametrize("every", ["0", "100us"])
def test_memory_stays_bounded_and_the_process_answers(sockdesk, deaf_listener, tmp_path, every):
    path = tmp_path / "payload"
    path.write_bytes(b"\x5a" * 60_000)
    desk = sockdesk("tcp-client", "--remote", format_address(*deaf_listener.getsockname()), "--send-file", path,
                    "--every", every, format="raw")
    wait_until(lambda: any_connected(deaf_listener), "the connection")
    assert watch(desk, 2.0) < BOUND
    desk.signal(signal.SIGINT)
    assert desk.exit_status(deadline=5) == 0


def any_connected(listener: socket.socket) -> bool:
    """Whether a connection waits to be accepted: tcp_info tells it for a listener as tcpi_unacked (tcp(7))."""
    info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    return int.from_bytes(info[24:28], "little") > 0


def test_typed_lines_wait_for_a_peer_that_does_not_read_and_none_is_lost(sockdesk, sockets):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--stdin", "--wait", "60s",
                    keyboard=True, format="raw")
    connection = sockets.accept(listener)
    lines = [b"%08d" % number * 8192 for number in range(1024)]  # 64 MiB: more than kernel and queue hold together

    def type_all() -> None:
        desk.type(*lines)
        desk.end_input()

    typing = threading.Thread(target=type_all)
    typing.start()
    wait_until(lambda: queued_bytes(connection) > 0, "data that nobody reads")
    assert watch(desk, 0.5) < BOUND
    for line in lines:
        assert receive_exactly(connection, len(line)) == line
    assert receive_all(connection) == b""
    typing.join()


def test_an_echo_nobody_reads_keeps_memory_bounded_and_is_whole_when_it_is_read_at_last(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo", format="raw")
    client = sockets.connect(("127.0.0.1", desk.bound_port("tcp")))
    block = bytes(range(256)) * 4096
    count = 48  # MiB: more than kernel and queue hold together
    sender = threading.Thread(target=lambda: [client.sendall(block) for _ in range(count)])
    sender.start()
    assert watch(desk, 1.0) < BOUND
    for _ in range(count):
        assert receive_exactly(client, len(block)) == block
    sender.join()


def test_one_deaf_client_does_not_keep_the_others_waiting(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--send", "x" * 50_000, "--every", "1ms", format="raw")
    address = ("127.0.0.1", desk.bound_port("tcp"))
    deaf = sockets.connect(address)
    hearing = sockets.connect(address)
    # Far more than the deaf one's buffers and queue can take.
    assert receive_exactly(hearing, 40 * MIB).count(b"x") == 40 * MIB
    assert resident_bytes(desk.pid) < BOUND
    deaf.close()


def test_what_was_taken_arrives_when_the_peer_reads_at_last(sockdesk, sockets, tmp_path):
    content = b"".join(i.to_bytes(4, "big") for i in range(2 * MIB))  # 8 MiB: within the queue's limit
    path = tmp_path / "content"
    path.write_bytes(content)
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--send-file", path,
                    "--wait", "60s", format="raw")
    connection = sockets.accept(listener)
    wait_until(lambda: queued_bytes(connection) > 0, "data that nobody reads")
    assert receive_exactly(connection, len(content)) == content
    connection.close()
    assert desk.exit_status() == 0


def queued_bytes(connection: socket.socket) -> int:
    try:
        return len(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return 0


def test_a_peer_that_floods_is_slowed_down_and_loses_no_byte(sockdesk, sockets):
    # stdout is a pipe that this process empties as it can; reading the socket pauses rather than lose anything.
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", format="raw")
    client = sockets.connect(("127.0.0.1", desk.bound_port("tcp")))
    block = bytes(range(256)) * 4096
    count = 64

    def send_all() -> None:
        for _ in range(count):
            client.sendall(block)
        client.close()

    sender = threading.Thread(target=send_all)
    sender.start()
    for _ in range(count):
        assert desk.out.take(len(block)) == block
    sender.join()
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 0
    assert desk.out.rest() == b""
