"""Asks for address, port and message, sends, and waits for the reply on the same socket.

usage: udp_duplex.py [REPLY_ENCODING [LOCAL_PORT]]
"""

import socket
import sys

encoding = sys.argv[1] if len(sys.argv) > 1 else "utf-8"

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    if len(sys.argv) > 2:
        s.bind(("", int(sys.argv[2])))
    host, port, text = input(), int(input()), input()
    s.sendto(text.encode("utf-8"), (host, port))
    print("sent from", s.getsockname()[1])
    data, sender = s.recvfrom(1024)
    print(data.decode(encoding))
    print(sender)
