"""The caller of the telephone call: says one thing, waits for the answer, and hangs up.

usage: tcp_phone_client.py HOST PORT TEXT
"""

import socket
import sys

phone = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
phone.connect((sys.argv[1], int(sys.argv[2])))
phone.send(sys.argv[3].encode("utf-8"))
print(phone.recv(1024).decode("utf-8"))
phone.close()
