"""Sends one datagram to a broadcast address, for which a socket has to ask.

usage: udp_broadcaster.py BROADCAST_ADDRESS PORT TEXT
"""

import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.sendto(sys.argv[3].encode("utf-8"), (sys.argv[1], int(sys.argv[2])))
    print("sent from", s.getsockname()[1])
