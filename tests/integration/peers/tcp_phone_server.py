"""The telephone call: one caller, one message, the answer in capitals, and the line is cut."""

import socket

phone = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
phone.bind(("127.0.0.1", 0))
phone.listen(5)
print("bound", phone.getsockname()[1])
call, caller = phone.accept()
print("caller", caller[1])
msg = call.recv(1024)
print("message", msg.decode("utf-8"))
call.send(msg.upper())
call.close()
phone.close()
