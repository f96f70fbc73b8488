"""The options of a run: what is sent and how often, what is read from the keyboard, and what ends it."""

import os
import signal
import time

import pytest

import contract
from contract import format_address, payload_of, seconds_between
from loopback import receive_all, receive_exactly


@pytest.fixture
def udp_peer(sockets):
    """A socket to send to, and its address as an option."""
    udp = sockets.udp()
    return udp, format_address(*udp.getsockname())


# ---- what is sent


def test_payloads_of_every_kind_are_sent_in_the_order_given(sockdesk, udp_peer, tmp_path):
    udp, remote = udp_peer
    path = tmp_path / "payload.bin"
    path.write_bytes(b"\x00file\xff")
    desk = sockdesk("udp", "--remote", remote, "--send", "one", "--send-file", path, "--send-hex", "0x02,0xFF",
                    "--send", "four", "--send-hex", "68656C6C6F", "--send", "six", "--wait", "0s")
    expected = [b"one", b"\x00file\xff", b"\x02\xff", b"four", b"hello", b"six"]
    assert [udp.recv(100) for _ in expected] == expected
    desk.finished()
    assert [payload_of(e) for e in desk.of_kind("send")] == expected


def test_hex_is_read_in_either_case_and_with_blanks(sockdesk, udp_peer):
    udp, remote = udp_peer
    sockdesk("udp", "--remote", remote, "--send-hex", " de AD be\tEF ", "--wait", "0s")
    assert udp.recv(100) == b"\xde\xad\xbe\xef"


def test_text_is_sent_as_it_is_unless_escapes_are_asked_for(sockdesk, udp_peer):
    udp, remote = udp_peer
    text = r"\r\n\t\\\0\x41\u4f60"
    sockdesk("udp", "--remote", remote, "--send", text, "--wait", "0s")
    assert udp.recv(100) == text.encode()
    sockdesk("udp", "--remote", remote, "--send", text, "--escapes", "--wait", "0s")
    assert udp.recv(100) == b"\r\n\t\\\x00A" + "你".encode()


def test_escapes_are_in_the_encoding_and_bytes_are_not(sockdesk, udp_peer):
    udp, remote = udp_peer
    sockdesk("udp", "--remote", remote, "--encoding", "gbk", "--escapes", "--send", r"\u4f60\xff\n", "--wait", "0s")
    assert udp.recv(100) == "你".encode("gbk") + b"\xff\n"


@pytest.mark.parametrize("text", [r"\q", r"\x4", r"\xzz", r"\u12", "end\\"])
def test_a_wrong_escape_is_refused(sockdesk, udp_peer, text):
    _, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, "--escapes", "--send", text)
    assert desk.exit_status() == 2
    assert "\\" in desk.stderr(), "the escape is not named"
    assert desk.out.rest() == b""


def test_text_that_begins_with_a_dash_can_be_sent(sockdesk, udp_peer):
    udp, remote = udp_peer
    sockdesk("udp", "--remote", remote, "--send=--help", "--wait", "0s")
    assert udp.recv(100) == b"--help"


# ---- how often


def test_rounds_are_counted_exactly_and_each_sends_all_in_order(sockdesk, udp_peer):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, "--send", "a", "--send-hex", "62", "--every", "1ms", "--times", "50",
                    "--wait", "0s")
    assert b"".join(udp.recv(10) for _ in range(100)) == b"ab" * 50
    desk.finished()
    assert desk.totals()["tx_packets"] == 100
    udp.setblocking(False)
    with pytest.raises(BlockingIOError):  # on loopback a datagram is in the receiver's queue when the send returns
        udp.recv(10)


def test_rounds_without_a_period_follow_each_other(sockdesk, udp_peer):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, "--send", "x", "--times", "3", "--wait", "0s")
    assert [udp.recv(10) for _ in range(3)] == [b"x"] * 3
    desk.finished()
    assert desk.totals()["tx_packets"] == 3


def test_a_thousand_as_fast_as_possible_are_a_thousand(sockdesk, sockets):
    # To a socket nobody reads: what it cannot hold is dropped there, which must not change what was sent.
    remote = format_address(*sockets.udp().getsockname())
    desk = sockdesk("udp", "--remote", remote, "--send", "x", "--every", "0", "--times", "1000", "--wait", "0s")
    desk.finished()
    assert desk.totals()["tx_packets"] == 1000
    assert len(desk.of_kind("send")) == 1000


def duration_of_rounds(sockdesk, sockets, period: str, rounds: int) -> float:
    """Seconds from the opening to the last of so many rounds after the first.

    Deadlines are absolute, so no round comes before its time, and a late one does not delay those after it: a machine
    that was busy at the beginning shows in the first gap, not in the whole.
    """
    remote = format_address(*sockets.udp().getsockname())
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", remote, "--send", "tick", "--every", period,
                    "--times", str(rounds + 1), "--wait", "0s")
    desk.finished()
    sent = desk.of_kind("send")
    assert len(sent) == rounds + 1
    return seconds_between(desk.events[0], sent[-1])


def test_a_period_is_kept_over_a_thousand_rounds(sockdesk, sockets):
    assert 1.0 <= duration_of_rounds(sockdesk, sockets, "1ms", 1000) < 1.5


@pytest.mark.parametrize("period, rounds", [("500us", 400), ("20ms", 10), ("0.1s", 2)])
def test_periods_have_units(sockdesk, sockets, period, rounds):
    assert 0.2 <= duration_of_rounds(sockdesk, sockets, period, rounds) < 0.7


def test_without_a_number_of_rounds_it_goes_on_until_stopped(sockdesk, udp_peer):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, "--send", "again", "--every", "1ms")
    for _ in range(50):
        assert udp.recv(100) == b"again"
    desk.interrupted()
    assert desk.totals()["tx_packets"] == len(desk.of_kind("send"))
    received = 50
    udp.setblocking(False)
    while True:
        try:
            udp.recv(100)
        except BlockingIOError:
            break
        received += 1
    assert received == desk.totals()["tx_packets"], "what is told as sent is not what arrived"


def test_a_clients_rounds_arrive_in_order_on_the_stream(sockdesk, sockets):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--send", "ab", "--send", "cd",
                    "--every", "1ms", "--times", "100", "--wait", "0s")
    assert receive_all(sockets.accept(listener)) == b"abcd" * 100
    desk.finished()


# ---- the keyboard


def test_each_line_of_standard_input_is_one_message_without_its_line_end(sockdesk, udp_peer):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, "--stdin", keyboard=True)
    for text in ("one", "two words", "三"):
        desk.type(text)
        assert udp.recv(100) == text.encode()
        assert desk.event("send")["text"] == text


def test_typed_lines_are_encoded_and_their_escapes_read(sockdesk, udp_peer):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, "--stdin", "--encoding", "gbk", "--escapes", keyboard=True)
    desk.type(r"你好\r\n")
    assert udp.recv(100) == "你好\r\n".encode("gbk")


def test_a_typed_line_that_cannot_be_encoded_is_refused_and_the_next_is_sent(sockdesk, udp_peer):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, "--stdin", "--encoding", "gbk", keyboard=True)
    desk.type("😀")
    assert "gbk" in desk.err.line().decode().lower()
    desk.type("fine")
    assert udp.recv(100) == b"fine"


def test_a_script_that_pipes_lines_in_learns_that_not_all_were_sent(sockdesk, udp_peer):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, "--stdin", "--encoding", "gbk", "--wait", "0s", keyboard=True)
    desk.type("one", "😀", "three")
    desk.end_input()
    assert [udp.recv(100) for _ in range(2)] == [b"one", b"three"]
    desk.finished(status=1)
    lines = desk.stderr().splitlines()
    assert len(lines) == 1 and "line 2" in lines[0]


def test_standard_input_is_not_read_unless_asked_for_where_it_is_no_terminal(sockdesk, udp_peer):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", remote, "--count", "1", keyboard=True)
    desk.type("not a message")
    udp.sendto(b"end", desk.opened())
    desk.finished()
    assert desk.of_kind("send") == []


@pytest.mark.parametrize("own", [True, False], ids=["its own terminal", "another terminal"])
def test_a_terminal_is_read_without_being_asked_for(sockdesk, udp_peer, own):
    udp, remote = udp_peer
    ours, theirs = os.openpty()
    try:
        desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", remote, stdin=theirs, own_terminal=own)
        desk.opened()
        os.write(ours, "typed 键盘\n".encode())
        assert udp.recv(100) == "typed 键盘".encode()
        desk.interrupted()
    finally:
        os.close(theirs)
        os.close(ours)


def test_the_end_of_piped_input_ends_a_client_after_all_was_sent(sockdesk, sockets):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--stdin", "--wait", "100ms",
                    keyboard=True)
    connection = sockets.accept(listener)
    desk.type(*[f"line {n}" for n in range(1000)])
    desk.end_input()
    assert receive_all(connection) == b"".join(b"line %d" % n for n in range(1000))
    desk.finished()


# ---- echo


def test_echo_sends_each_datagram_back_to_whom_it_came_from(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo")
    address = desk.opened()
    peers = [sockets.udp() for _ in range(3)]
    for number, udp in enumerate(peers):
        udp.sendto(b"from %d" % number, address)
    for number, udp in enumerate(peers):
        assert udp.recvfrom(100) == (b"from %d" % number, address)
    peers[0].sendto(b"", address)
    assert peers[0].recv(100) == b""


def test_echo_works_at_a_client_too(sockdesk, sockets):
    listener = sockets.listener()
    sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--echo")
    connection = sockets.accept(listener)
    data = bytes(range(256)) * 1000
    connection.sendall(data)
    assert receive_exactly(connection, len(data)) == data


# ---- what ends it


@pytest.mark.parametrize("count", [1, 3])
def test_count_ends_it_after_so_many_datagrams_even_of_a_burst(sockdesk, sockets, count):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", str(count))
    address = desk.opened()
    udp = sockets.udp()
    for number in range(10):
        udp.sendto(b"%d" % number, address)
    desk.finished()
    assert [e["text"] for e in desk.of_kind("recv")] == [str(n) for n in range(count)]


def test_count_means_reads_on_a_stream(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--count", "2")
    client = sockets.connect(desk.opened())
    client.sendall(b"first")
    assert desk.event("recv")["text"] == "first"
    client.sendall(b"second")
    desk.finished()
    assert [e["text"] for e in desk.of_kind("recv")] == ["first", "second"]
    assert client.recv(10) == b""


def test_for_ends_it_after_that_long_whatever_arrives(sockdesk, sockets):
    started = time.monotonic()
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--for", "400ms", "--echo")
    address = desk.opened()
    udp = sockets.udp()
    udp.sendto(b"x", address)
    assert udp.recv(10) == b"x"
    desk.finished()
    assert time.monotonic() - started >= 0.4
    assert seconds_between(desk.events[0], desk.totals()) < 1.4


def test_idle_ends_it_only_when_nothing_has_come_for_that_long(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--idle", "400ms")
    address = desk.opened()
    udp = sockets.udp()
    start = time.monotonic()
    while time.monotonic() < start + 1.2:  # three times the idle time, in steps that are well below it
        udp.sendto(b"alive", address)
        desk.event("recv")
        time.sleep(0.1)
    desk.finished()
    last = desk.of_kind("recv")[-1]
    assert seconds_between(desk.of_kind("recv")[0], last) > 1.0
    assert 0.4 <= seconds_between(last, desk.totals()) < 1.4


def test_idle_counts_from_the_opening_where_nothing_comes_at_all(sockdesk):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--idle", "200ms")
    desk.finished()
    assert 0.2 <= seconds_between(desk.events[0], desk.totals()) < 1.2


@pytest.mark.parametrize("option, low, high", [([], 1.0, 3.0), (["--wait", "200ms"], 0.2, 1.0), (["--wait", "0s"], 0.0, 1.0)])
def test_a_client_waits_for_the_answer_and_no_longer(sockdesk, sockets, option, low, high):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--send", "question", *option)
    connection = sockets.accept(listener)  # which stays open and says nothing
    desk.finished()
    assert low <= seconds_between(desk.of_kind("send")[0], desk.totals()) < high
    assert receive_all(connection) == b"question"


def test_a_client_ends_as_soon_as_its_peer_has_closed(sockdesk, sockets):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--send", "q", "--wait", "30s")
    connection = sockets.accept(listener)
    assert connection.recv(10) == b"q"
    connection.sendall(b"answer")
    connection.close()
    desk.finished()  # within the deadline of every wait, which is less than 30 s
    assert contract.texts(desk.events) == "answer"


def test_a_udp_sender_hears_an_answer_that_comes_while_it_waits(sockdesk, udp_peer):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, "--send", "ping")
    data, address = udp.recvfrom(100)
    udp.sendto(b"pong", ("127.0.0.1", address[1]))
    desk.finished()
    assert contract.texts(desk.events) == "pong"


def test_a_client_that_sends_nothing_stays_until_it_is_told_to_end(sockdesk, sockets):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()))
    connection = sockets.accept(listener)
    desk.opened()
    for text in ("one", "two"):
        connection.sendall(text.encode())
        assert desk.event("recv")["text"] == text
    desk.interrupted()
    assert connection.recv(10) == b""


def test_a_server_with_something_to_send_stays(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--send", "hi")
    address = desk.opened()
    for _ in range(2):
        client = sockets.connect(address)
        assert client.recv(10) == b"hi"
        client.close()
        desk.event("disconnect")
    desk.interrupted()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("args", [
    ("udp", "--local", "127.0.0.1:0"),
    ("tcp-server", "--local", "127.0.0.1:0", "--for", "1h"),
    ("udp", "--local", "127.0.0.1:0", "--remote", "127.0.0.1:9", "--send", "x", "--every", "1ms"),
])
def test_signals_end_every_kind_of_run_with_0_and_the_close_line(sockdesk, number, args):
    desk = sockdesk(*args)
    desk.opened()
    desk.interrupted(number)
    assert desk.totals()["event"] == "close"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_while_it_is_ending_anyway_changes_nothing(sockdesk, sockets, number):
    for step in range(20):
        desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "1")
        sockets.udp().sendto(b"x", desk.opened())
        desk.event("close")
        time.sleep(step * 0.0005)  # looks for a moment at which nobody minds the signal: each step comes later in the end
        desk.signal(number)
        desk.finished()


def test_help_tells_of_every_option_and_ends_with_0(sockdesk):
    options = ("--local --remote --send --send-hex --send-file --escapes --encoding --every --times --stdin --echo --format "
               "--view --save --count --for --idle --wait").split()
    desk = sockdesk("udp", "--help", format=None)
    assert desk.exit_status() == 0
    text = desk.out.rest().decode()
    missing = [option for option in options if option not in text]
    assert missing == []


def test_the_first_help_names_the_subcommands(sockdesk):
    desk = sockdesk("--help", format=None)
    assert desk.exit_status() == 0
    text = desk.out.rest().decode()
    for name in ("udp", "tcp-server", "tcp-client", "demo"):
        assert name in text
