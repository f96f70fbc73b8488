"""The chat's server: accepts any number of clients, a thread for each; what is typed goes to all of them."""

import socket
import sys
import threading

clients: list[socket.socket] = []


def listen_to(client: socket.socket, address) -> None:
    while message := client.recv(1024):
        print(f"{address[1]}>>{message.decode('utf-8')}")
    clients.remove(client)
    client.close()
    print("left", address[1])


def accept_all(server: socket.socket) -> None:
    while True:
        client, address = server.accept()
        clients.append(client)
        print("joined", address[1])
        threading.Thread(target=listen_to, args=(client, address), daemon=True).start()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 0))
s.listen(3)
print("bound", s.getsockname()[1])
threading.Thread(target=accept_all, args=(s,), daemon=True).start()
for line in sys.stdin:
    for one in list(clients):
        one.send(f"server:{line.rstrip()}".encode("utf-8"))
