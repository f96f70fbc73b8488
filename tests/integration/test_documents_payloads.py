"""What the documents' programs make of the payload language, and their servers replaced by one rule."""

import sys

# As the documents receive and unpack: message, address = recvfrom; unpack("!H8sb", message).
UNPACKING = """
from socket import *
from struct import unpack
s = socket(AF_INET, SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print("bound", s.getsockname()[1], flush=True)
for _ in range(3):
    message, address = s.recvfrom(1024)
    print(unpack("!H8sb", message), flush=True)
"""


def test_their_program_unpacks_what_was_sent(sockdesk, peer):
    receiver = peer([sys.executable, "-c", UNPACKING])
    port = receiver.expect(r"^bound (\d+)$")[1]
    desk = sockdesk("udp", "--remote", f"127.0.0.1:{port}", "--template", "--send", '{{pack:!H8sb,1,"test.jpg",2}}', "--send",
                    '{{pack:!H8sb,65535,"short",-128}}', "--send", '{{counter:7,!H}}{{pack:8sb,"counted!",0}}', "--wait", "0s")
    assert [receiver.line() for _ in range(3)] == ["(1, b'test.jpg', 2)", r"(65535, b'short\x00\x00\x00', -128)",
                                                   "(7, b'counted!', 0)"]
    assert receiver.exit_status() == 0
    desk.finished()


def test_their_program_packs_is_matched_and_unpacks_the_answer(sockdesk, script):
    """It sends pack("!H8sb", 1, "test.jpg", 2) and waits for the same shape."""
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--reply", r're:^\x00\x01(.{8})\x02$=>{{pack:!H,2}}{{match:1}}{{pack:b,-3}}')
    packer = script("udp_packer.py", *desk.opened())
    assert packer.line() == "(2, b'test.jpg', -3)"
    assert packer.exit_status() == 0


def dialogue(script, address):
    """Three of the documents' clients at once, which ask in turns."""
    clients = [script("udp_asking_client.py", *address) for _ in range(3)]
    heard = []
    for text in ("hello", "Straße 你好", "a b\tc", "x" * 900, "q1"):
        for number, client in enumerate(clients):
            client.type(f"{text} {number}")
        heard.append([client.line().partition("] ")[2] for client in clients])
    for client in clients:
        client.end_input()
        assert client.exit_status() == 0
    return heard


def test_one_rule_is_their_udp_server(sockdesk, script):
    """It decodes nothing: `msg.upper()` of bytes changes the letters of ASCII alone, and so does the rule."""
    server = script("udp_upper_server.py")
    theirs = dialogue(script, ("127.0.0.1", int(server.expect(r"^bound (\d+)$")[1])))
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--reply", "*=>{{upper:match}}")
    ours = dialogue(script, desk.opened())
    assert ours == theirs
    assert ours[0] == ["HELLO 0", "HELLO 1", "HELLO 2"]


def calls(script, addresses):
    answers = []
    for text, address in zip(("hello", "你好 abc", "MiXed 1"), addresses):
        client = script("tcp_phone_client.py", *address, text)
        answers.append(client.line())
        assert client.exit_status() == 0
    return answers


def test_one_rule_is_their_tcp_server(sockdesk, script):
    """Theirs takes one call and ends, so there is one for each."""
    servers = [script("tcp_phone_server.py") for _ in range(3)]
    theirs = calls(script, [("127.0.0.1", int(server.expect(r"^bound (\d+)$")[1])) for server in servers])
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", "*=>{{upper:match}}")
    address = desk.opened()
    assert calls(script, [address] * 3) == theirs
    # And where theirs had one call at a time, any number at once.
    clients = [script("tcp_phone_client.py", *address, f"client {number}") for number in range(8)]
    assert sorted(client.line() for client in clients) == [f"CLIENT {number}" for number in range(8)]
