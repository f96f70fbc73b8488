"""Packs a number, a name of eight bytes and a number into a datagram, and unpacks what comes back.

usage: udp_packer.py HOST PORT
"""

import socket
import struct
import sys

LAYOUT = "!H8sb"

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.sendto(struct.pack(LAYOUT, 1, b"test.jpg", 2), (sys.argv[1], int(sys.argv[2])))
    print(struct.unpack(LAYOUT, s.recv(1024)))
