"""Automatic replies: `--reply`, against programs that are not ours."""

import re
import shutil
import socket
import time

import pytest

from sockdesk_process import wait_until

UPPER = "*=>{{upper:match}}"


def udp_to(sockets, desk):
    s = sockets.udp()
    s.connect(desk.opened())
    return s


def read(connection, count):
    got = b""
    while len(got) < count:
        piece = connection.recv(count - len(got))
        assert piece, f"the stream ended after {got!r}"
        got += piece
    return got


def test_one_rule_replaces_the_upper_case_server_of_the_documents(sockdesk, script):
    """Its own clients notice no difference: each says one thing, reads the answer and hangs up."""
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", UPPER)
    address = desk.opened()
    for text, answer in (("hello", "HELLO"), ("你好 abc", "你好 ABC")):
        client = script("tcp_phone_client.py", *address, text)
        assert client.line() == answer
        assert client.exit_status() == 0
    clients = [script("tcp_phone_client.py", *address, f"client {i}") for i in range(5)]
    assert [client.line() for client in clients] == [f"CLIENT {i}" for i in range(5)]


def test_the_udp_upper_case_server_too(sockdesk, script):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--reply", UPPER)
    client = script("udp_asking_client.py", *desk.opened())
    client.type("hello")
    assert "HELLO" in client.expect("HELLO")[0]


@pytest.mark.skipif(not shutil.which("socat"), reason="needs socat")
def test_socat_gets_its_answers(sockdesk, peer):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--escapes", "--reply", r"re:get (\w+)\n=>{{match:1}}=42\n")
    host, port = desk.opened()
    client = peer(["socat", "-", f"TCP4:{host}:{port}"], keyboard=True)
    client.type("get x", "get y")
    assert [client.line(), client.line()] == ["x=42", "y=42"]


def test_a_rule_sees_the_stream_and_not_the_reads(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", r"re:(\w+) (\d+)\n=>{{match:2}} {{match:1}};")
    connection = sockets.connect(desk.opened())
    for byte in b"set 12\nget 3\n":
        connection.send(bytes([byte]))
        desk.event("recv")  # it was a read of its own
    assert read(connection, 12) == b"12 set;3 get"
    connection.send(b";junk\na 1\nb 2\nc 3\nd")
    assert read(connection, 1 + 3 * 4) == b";1 a;2 b;3 c;"
    connection.send(b" 4\n")
    assert read(connection, 4) == b"4 d;"


def test_each_kind_of_rule_and_the_first_answers(sockdesk, sockets):
    rules = ["ping=>pong", "prefix:GET =>got", "contains:needle=>found", "hex:01 ?? 03=>hex:FF 00",
             r"re:^(?P<key>\w+)=(.*)$=>{{match:key}} is {{match:2}}", r"a\=>b=>arrow", "*=>?"]
    desk = sockdesk("udp", "--local", "127.0.0.1:0", *(part for rule in rules for part in ("--reply", rule)))
    s = udp_to(sockets, desk)
    for sent, answer in {
        b"ping": b"pong", b"ping\n": b"?", b"GET /": b"got", b"a needle": b"found", b"x\x01\x02\x03": b"\xff\x00",
        b"size=4": b"size is 4", b"a=>b": b"a is >b", b"": b"?",
    }.items():
        s.send(sent)
        assert s.recv(100) == answer, sent


def test_once_and_delayed(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--reply", "once:hi=>after:30ms:welcome", "--reply", "hi=>again")
    s = udp_to(sockets, desk)
    s.send(b"hi")
    s.send(b"hi")
    assert [s.recv(100), s.recv(100)] == [b"again", b"welcome"]
    received, sent = desk.event("recv"), desk.event("send", text="welcome")
    assert sent["time"] > received["time"]


def test_a_delayed_answer_reaches_a_client_that_has_finished_sending(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", "bye=>after:50ms:farewell")
    connection = sockets.connect(desk.opened())
    connection.send(b"bye")
    connection.shutdown(socket.SHUT_WR)
    assert read(connection, 8) == b"farewell"
    assert connection.recv(1) == b""


def test_a_checksum_is_appended_to_answers(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--reply", "hex:01 03=>hex:01 03 00 00 00 0A",
                    "--reply", "x=>with:fixed=0D:y", "--checksum", "crc16-modbus")
    s = udp_to(sockets, desk)
    s.send(b"\x01\x03")
    assert s.recv(100).hex() == "01030000000ac5cd"
    s.send(b"x")
    assert s.recv(100) == b"y\r"


def test_two_that_answer_each_other_are_bounded_and_it_is_told(sockdesk):
    first = sockdesk("udp", "--local", "127.0.0.1:0", "--reply", "*=>ball", "--reply-rate", "50/s")
    host, port = first.opened()
    second = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", f"{host}:{port}", "--reply", "*=>ball", "--reply-rate", "0",
                      "--send", "serve", "--for", "1500ms")
    second.opened()
    totals = second.finished()[-1]
    # Answers end with the first ball that is held back: nobody sends another. 50 at once, and 50 a second for at most 1.5 s.
    assert 50 <= totals["rx_packets"] <= 50 + 50 * 1.5 + 1
    held = first.expect(r"(\d+) answers? w(?:as|ere) held back", on="err")
    assert int(held[1]) >= 1


def test_a_flood_gets_no_more_answers_than_the_limit(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--reply", "*=>answer", "--reply-rate", "10/s")
    s = udp_to(sockets, desk)
    begun = time.monotonic()
    for _ in range(200):
        s.send(b"x")
    received = [desk.event("recv") for _ in range(200)]
    seconds = time.monotonic() - begun
    totals = desk.interrupted()[-1]
    assert len(received) == 200
    # 10 at once and 10 a second, not one more.
    assert 10 <= totals["tx_packets"] <= 10 + 10 * seconds
    held = sum(int(n) for n in re.findall(r"(\d+) answers? w(?:as|ere) held back", desk.stderr()))
    assert held + totals["tx_packets"] == 200


def test_two_echoes_are_bounded_too(sockdesk):
    """On a connection the one that has reached its limit makes the other one wait, and nothing is lost."""
    first = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo", "--reply", "never=>x", "--reply-rate", "50/s")
    host, port = first.opened()
    second = sockdesk("tcp-client", "--remote", f"{host}:{port}", "--echo", "--send", "serve", "--for", "2500ms")
    totals = second.finished()[-1]
    assert 50 <= totals["rx_packets"] <= 50 + 50 * 2.5 + 1
    assert totals["rx_bytes"] == 5 * totals["rx_packets"]
    first.expect(r"(\d+) answers? w(?:as|ere) held back", on="err")


def test_what_a_rule_answers_is_not_echoed_as_well(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", "ping=>pong;", "--echo")
    connection = sockets.connect(desk.opened())
    connection.send(b"one\nping\r\npinger\ntwo")
    assert read(connection, 19) == b"one\npong;pinger\ntwo"


def test_a_message_is_all_of_it(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", "ping=>[A]", "--reply", r"re:^(\w+)=(.*)$=>[{{match:2}}]",
                    "--reply", r"re:\bOK\b=>[OK]", "--reply", "prefix:AT+CSQ=>[CSQ]", "--reply", "prefix:AT=>[AT]")
    connection = sockets.connect(desk.opened())
    for sent, answer in ((b"pinger\nping\n", b"[A]"), (b"OK|AY", b""), (b"\na=b\r\n", b"[b]"), (b"AT+CSQ\r\n", b"[CSQ]"),
                         (b"ATX\r\n", b"[AT]"), (b"OK\n", b"[OK]")):
        for piece in sent.split(b"|"):
            connection.send(piece)
        assert read(connection, len(answer)) == answer, sent


def test_a_pause_and_the_end_of_the_stream_end_a_message(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", "ping=>[A]", "--reply", "AT=>[OK]")
    connection = sockets.connect(desk.opened())
    connection.send(b"hello")
    assert desk.event("recv")["text"] == "hello"
    connection.send(b"ping")
    # Less than a pause behind "hello" it is no message of its own, which only a machine is fast enough for.
    connection.settimeout(0.5)
    try:
        assert connection.recv(100) == b"[A]"
    except TimeoutError:
        connection.settimeout(20)
        connection.send(b"ping")
        assert connection.recv(100) == b"[A]"
    connection.settimeout(20)
    connection.send(b"\nAT\r")
    assert connection.recv(100) == b"[OK]"
    connection.send(b"ping")
    connection.shutdown(socket.SHUT_WR)
    assert read(connection, 3) == b"[A]"


def test_many_matches_in_one_read_do_not_stop_the_others(sockdesk, sockets):
    """60 kB in which every byte is answered and twenty expressions look back: the next peer is answered meanwhile."""
    rules = ["contains:x=>a", *(rf"re:^[xy]*END{n}=>b" for n in range(20))]
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply-rate", "0", *(part for rule in rules for part in ("--reply", rule)))
    address = desk.opened()
    busy, other = sockets.connect(address), sockets.connect(address)
    busy.sendall(b"x" * 60_000)
    other.send(b"x")
    assert read(other, 1) == b"a"
    assert read(busy, 60_000) == b"a" * 60_000


@pytest.mark.parametrize(
    ("rule", "word", "caret"),
    [("ping", "=>", 4), ("re:a(b=>c", "bracket", 4), ("hex:48 4=>x", "digit", 7), ("a=>{{nope}}", "nope", 5),
     ("a=>after:soon:b", "after", 9), ("a=>with:crc99:b", "crc99", 8), ("re:(a)=>{{match:2}}", "2", 16), ("re:a[ab]{990}c=>x", "too large", 3)],
)
def test_a_fault_is_at_its_character(binary, peer, rule, word, caret):
    process = peer([binary, "udp", "--reply", rule])
    assert process.exit_status() == 2
    said = process.stderr()
    assert word in said
    lines = said.splitlines()
    marked = next(i for i, line in enumerate(lines) if line.strip() == "^")
    begin = lines[marked - 1].index(rule)
    assert lines[marked].index("^") - begin == caret


def test_what_a_peer_does_not_read_is_not_answered_without_end(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--reply", "*=>{{match}}", "--reply-rate", "0")
    connection = sockets.connect(desk.opened())
    connection.setblocking(False)
    block = bytes(1 << 16)
    sent = 0

    def is_full():
        nonlocal sent
        try:
            sent += connection.send(block)
            return None
        except BlockingIOError:
            return True

    wait_until(is_full, "the peer to be made to wait")
    connection.settimeout(20)
    assert read(connection, sent) == bytes(sent)
