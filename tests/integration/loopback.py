"""Sockets of a test's own, on loopback, with deadlines."""

from __future__ import annotations

import socket
import struct

from sockdesk_process import DEADLINE


class Sockets:
    """Makes sockets, and closes them at the end of the test."""

    def __init__(self) -> None:
        self._all: list[socket.socket] = []

    def _keep(self, s: socket.socket) -> socket.socket:
        s.settimeout(DEADLINE)
        self._all.append(s)
        return s

    def udp(self, host: str = "127.0.0.1", port: int = 0) -> socket.socket:
        s = self._keep(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM))
        s.bind((host, port))
        return s

    def listener(self, host: str = "127.0.0.1", backlog: int = 16, port: int = 0) -> socket.socket:
        s = self._keep(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM))
        s.bind((host, port))
        s.listen(backlog)
        return s

    def accept(self, listener: socket.socket) -> socket.socket:
        connection = self._keep(listener.accept()[0])
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def connect(self, address: tuple[str, int]) -> socket.socket:
        connection = self._keep(socket.create_connection(address, timeout=DEADLINE))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def refusing_tcp(self) -> tuple[str, int]:
        """An address that refuses connections for as long as the test runs: bound, but nobody listens."""
        s = self._keep(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        s.bind(("127.0.0.1", 0))
        return s.getsockname()

    def refusing_udp(self) -> tuple[str, int]:
        """An address whose datagrams come back as ICMP port unreachable for as long as the test runs: the socket
        there is connected to somebody else, so the kernel finds no receiver, and nobody else can be given the port."""
        s = self.udp()
        s.connect(("127.0.0.1", 9))
        return s.getsockname()

    def close(self) -> None:
        for s in self._all:
            s.close()


def receive_exactly(connection: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        chunk = connection.recv(min(count - len(data), 1 << 20))
        assert chunk, f"the stream ended after {len(data)} of {count} bytes"
        data += chunk
    return bytes(data)


def receive_all(connection: socket.socket) -> bytes:
    data = bytearray()
    while chunk := connection.recv(1 << 20):
        data += chunk
    return bytes(data)


def reset(connection: socket.socket) -> None:
    """Closes with RST (SO_LINGER with time 0, socket(7))."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
