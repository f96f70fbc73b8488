"""The chat's client: one thread sends what is typed after its name, one prints what comes.

usage: tcp_chat_client.py HOST PORT NAME
"""

import socket
import sys
import threading

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((sys.argv[1], int(sys.argv[2])))
print("connected from", s.getsockname()[1])


def print_what_comes() -> None:
    while message := s.recv(1024):
        print(">>" + message.decode("utf-8"))
    print("server left")


receiver = threading.Thread(target=print_what_comes)
receiver.start()
for line in sys.stdin:
    text = line.rstrip("\n")
    if text == "bye":
        break
    s.send(f"{sys.argv[3]}:{text}".encode("utf-8"))
s.shutdown(socket.SHUT_RDWR)
receiver.join()
s.close()
