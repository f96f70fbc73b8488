"""Serves one read request as RFC 1350 says: the first block comes from a fresh port, not from the one asked.

usage: tftp_server.py CONTENT
"""

import socket
import struct
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(("127.0.0.1", 0))
    print("bound", s.getsockname()[1])
    request, client = s.recvfrom(1024)
operation = struct.unpack("!H", request[:2])[0]
name, mode = request[2:].split(b"\0")[:2]
print(operation, name.decode(), mode.decode())
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(("127.0.0.1", 0))
    s.sendto(struct.pack("!HH", 3, 1) + sys.argv[1].encode(), client)
    print("answered from", s.getsockname()[1])
