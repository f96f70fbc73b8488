"""The chat with a thread for each direction; `bye` ends either.

usage: udp_chat_threads.py HOST PORT ENCODING
"""

import socket
import sys
import threading

other = (sys.argv[1], int(sys.argv[2]))
encoding = sys.argv[3]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 0))


def send_messages() -> None:
    for line in sys.stdin:
        text = line.rstrip("\n")
        s.sendto(text.encode(encoding), other)
        if text == "bye":
            break


def receive_messages() -> None:
    while True:
        data, sender = s.recvfrom(1024)
        text = data.decode(encoding)
        print(f"<<{sender[0]}:{text}")
        if text == "bye":
            break


print("bound", s.getsockname()[1])
threads = [threading.Thread(target=send_messages), threading.Thread(target=receive_messages)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
s.close()
