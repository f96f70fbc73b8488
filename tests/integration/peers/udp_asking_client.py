"""Sends each line that is typed, and waits for the answer before it takes the next.

usage: udp_asking_client.py HOST PORT
"""

import socket
import sys

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    for line in sys.stdin:
        text = line.strip()
        if not text:
            continue
        s.sendto(text.encode("utf-8"), (sys.argv[1], int(sys.argv[2])))
        answer, sender = s.recvfrom(1024)
        print(f"[{sender[0]}:{sender[1]}] {answer.decode('utf-8')}")
