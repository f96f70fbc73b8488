"""What the courses begin with: a UDP socket, a line from the keyboard, sendto, until `exit` is typed.

usage: udp_sender.py HOST PORT [ENCODING [LOCAL_PORT]]      with LOCAL_PORT it binds first
"""

import socket
import sys

host, port = sys.argv[1], int(sys.argv[2])
encoding = sys.argv[3] if len(sys.argv) > 3 else "utf-8"

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    if len(sys.argv) > 4:
        s.bind(("", int(sys.argv[4])))
    for line in sys.stdin:
        text = line.rstrip("\n")
        if text == "exit":
            break
        s.sendto(text.encode(encoding), (host, port))
        print("sent from", s.getsockname()[1])
