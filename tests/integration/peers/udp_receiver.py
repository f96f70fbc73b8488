"""Binds, and prints each datagram with the address it came from, as a course for Windows users does: in GBK.

usage: udp_receiver.py ENCODING [COUNT]
"""

import socket
import sys

encoding = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else None

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(("", 0))
    print("bound", s.getsockname()[1])
    while count is None or count > 0:
        data, sender = s.recvfrom(1024)
        print(f"{sender}:{data.decode(encoding)}")
        if count is not None:
            count -= 1
