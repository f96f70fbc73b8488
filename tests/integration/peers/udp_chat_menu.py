"""The two-way chat with a menu: 1 sends (address, port, text), 2 waits for a message, 0 leaves."""

import socket


def send(s: socket.socket) -> None:
    host, port, text = input(), int(input()), input()
    s.sendto(text.encode("utf-8"), (host, port))


def receive(s: socket.socket) -> None:
    data, sender = s.recvfrom(1024)
    print(f"{sender}:{data.decode('utf-8')}")


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as chat:
    chat.bind(("", 0))
    print("bound", chat.getsockname()[1])
    while (choice := input()) != "0":
        if choice == "1":
            send(chat)
        elif choice == "2":
            receive(chat)
        else:
            print("no such function")
