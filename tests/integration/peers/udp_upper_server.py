"""Answers every datagram with its text in capitals, to where it came from."""

import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(("127.0.0.1", 0))
    print("bound", s.getsockname()[1])
    while True:
        message, sender = s.recvfrom(1024)
        print(message.decode("utf-8"), sender)
        s.sendto(message.upper(), sender)
