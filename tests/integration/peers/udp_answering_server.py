"""The server of the chat with many: shows a message with its sender, and sends back to it what is typed."""

import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(("127.0.0.1", 0))
    print("bound", s.getsockname()[1])
    while True:
        message, sender = s.recvfrom(1024)
        print(f"[{sender[0]}:{sender[1]}] {message.decode('utf-8')}")
        s.sendto(input().strip().encode("utf-8"), sender)
