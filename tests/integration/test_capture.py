"""`--save`: the file is a capture that Wireshark's tools read, and all that went over the sockets is in it, in order."""

import re
import signal

import pytest

import capture_file
from capture_file import ENHANCED_PACKET, INBOUND, INTERFACE_DESCRIPTION, OUTBOUND, SECTION_HEADER, Wireshark
from contract import format_address, nanoseconds
from loopback import receive_exactly, reset
from sockdesk_process import wait_until


@pytest.fixture
def wireshark(tmp_path):
    home = tmp_path / "wireshark"
    home.mkdir()
    return Wireshark(home)


@pytest.fixture
def capture(tmp_path):
    return tmp_path / "run.pcapng"


def udp_run(sockdesk, sockets, capture, payloads, host="127.0.0.1"):
    """Saves a run in which each payload is received and echoed; the desk's address and the peer's."""
    desk = sockdesk("udp", "--local", format_address(host, 0), "--echo", "--save", capture)
    address = desk.opened()
    udp = sockets.udp(host)
    for payload in payloads:
        udp.sendto(payload, address)
        assert udp.recv(70_000) == payload
    desk.interrupted()
    return address, udp.getsockname()[:2]


PAYLOADS = [b"hello", "你好".encode("gbk"), b"", bytes(range(256)), b"\xa5" * 65_507, b"odd"]


def test_both_tools_read_it_without_a_warning(sockdesk, sockets, capture, wireshark):
    udp_run(sockdesk, sockets, capture, PAYLOADS)
    wireshark.assert_well(capture)
    told = wireshark.capinfos(capture)
    assert "pcapng" in told["File type"]
    assert told["File encapsulation"] == "Raw IP"
    assert "nanoseconds" in told["File timestamp precision"]


@pytest.mark.parametrize("host, prefix", [("127.0.0.1", "ip"), ("::1", "ipv6")])
def test_datagrams_have_their_addresses_ports_and_payloads(sockdesk, sockets, capture, wireshark, host, prefix):
    (_, ours), (_, theirs) = udp_run(sockdesk, sockets, capture, PAYLOADS, host)
    wireshark.assert_well(capture)
    rows = wireshark.fields(capture, "udp", f"{prefix}.src", "udp.srcport", f"{prefix}.dst", "udp.dstport", "udp.payload",
                            "udp.checksum.status")
    expected = []
    for payload in PAYLOADS:
        expected.append((host, str(theirs), host, str(ours), payload.hex(), "1"))
        expected.append((host, str(ours), host, str(theirs), payload.hex(), "1"))
    assert rows == expected


def test_the_direction_of_every_packet_is_kept(sockdesk, sockets, capture):
    udp_run(sockdesk, sockets, capture, [b"a", b"b"])
    found = capture_file.packets(capture.read_bytes())
    assert [p.direction for p in found] == [INBOUND, OUTBOUND] * 2
    assert [p.udp_payload for p in found] == [b"a", b"a", b"b", b"b"]


def test_the_session_is_an_interface_with_a_name_and_nanoseconds(sockdesk, sockets, capture):
    udp_run(sockdesk, sockets, capture, [b"a"])
    found = capture_file.blocks(capture.read_bytes())
    assert [b.type for b in found[:2]] == [SECTION_HEADER, INTERFACE_DESCRIPTION]
    link_type_raw = 101
    assert int.from_bytes(found[1].body[:2], "little") == link_type_raw
    if_tsresol_9 = b"\x09\x00\x01\x00\x09"
    assert if_tsresol_9 in found[1].body
    if_name = b"\x02\x00"
    assert if_name in found[1].body[8:]


def test_times_in_the_file_are_those_of_the_log(sockdesk, sockets, capture, wireshark):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "3", "--save", capture, env={"TZ": "UTC0"})
    address = desk.opened()
    udp = sockets.udp()
    for payload in (b"1", b"2", b"3"):
        udp.sendto(payload, address)
    desk.finished()
    in_file = [row[0] for row in wireshark.fields(capture, "udp", "frame.time_epoch")]
    assert [int(t.replace(".", "")) for t in in_file] == [nanoseconds(e["time"]) for e in desk.of_kind("recv")]


def conversation(sockdesk, sockets, capture, host="127.0.0.1"):
    """Saves a TCP talk of several turns with a server, which the client ends."""
    desk = sockdesk("tcp-server", "--local", format_address(host, 0), "--stdin", "--save", capture, keyboard=True)
    address = desk.opened()
    client = sockets.connect(address)
    for number in range(4):
        client.sendall(b"question %d\n" % number)
        desk.event("recv", text=f"question {number}\n")
        desk.type(f"answer {number}")
        assert receive_exactly(client, 8) == b"answer %d" % number
    ours, theirs = client.getpeername()[:2], client.getsockname()[:2]
    client.close()
    desk.event("disconnect")
    desk.interrupted()
    return ours, theirs


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_following_the_stream_shows_the_conversation_in_order(sockdesk, sockets, capture, wireshark, host):
    ours, theirs = conversation(sockdesk, sockets, capture, host)
    wireshark.assert_well(capture)
    shown = wireshark.tshark(capture, "-q", "-z", "follow,tcp,ascii,0")
    assert f"Node 0: {format_address(*theirs)}" in shown or f"Node 0: {theirs[0]}:{theirs[1]}" in shown
    # Each turn is a length and the text; those of the second node are indented.
    turns = re.findall(r"(?m)^(\t?)\d+\n((?:question|answer) \d)", shown)
    assert turns == [turn for n in range(4) for turn in (("", f"question {n}"), ("\t", f"answer {n}"))]


def test_a_stream_opens_and_ends_in_the_capture_as_in_life(sockdesk, sockets, capture, wireshark):
    (_, ours), (_, theirs) = conversation(sockdesk, sockets, capture)
    flags = [(int(source), int(value, 16)) for source, value in wireshark.fields(capture, "tcp", "tcp.srcport", "tcp.flags")]
    fin, syn, rst, ack = 0x01, 0x02, 0x04, 0x10
    assert [(source, value & (syn | ack | rst)) for source, value in flags[:3]] == [
        (theirs, syn), (ours, syn | ack), (theirs, ack)]
    assert [source for source, value in flags if value & fin][0] == theirs, "the client closed first"
    assert not any(value & rst for _, value in flags)


def test_a_reset_is_a_reset_in_the_capture(sockdesk, sockets, capture, wireshark):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--save", capture)
    client = sockets.connect(desk.opened())
    client.sendall(b"x")
    desk.event("recv")
    theirs = client.getsockname()[1]
    reset(client)
    desk.event("disconnect")
    desk.interrupted()
    wireshark.assert_well(capture)
    assert wireshark.fields(capture, "tcp.flags.reset == 1", "tcp.srcport") == [(str(theirs),)]


def test_a_client_is_the_one_that_opened_its_stream(sockdesk, script, capture, wireshark):
    server = script("tcp_phone_server.py")
    port = int(server.expect(r"^bound (\d+)$")[1])
    desk = sockdesk("tcp-client", "--remote", f"127.0.0.1:{port}", "--send", "hello", "--save", capture)
    desk.finished()
    wireshark.assert_well(capture)
    rows = wireshark.fields(capture, "tcp", "tcp.dstport", "tcp.flags.syn", "tcp.flags.ack", "tcp.payload")
    assert rows[0] == (str(port), "1", "0", "")
    assert [row[3] for row in rows if row[3]] == [b"hello".hex(), b"HELLO".hex()]


def test_streams_of_several_clients_are_kept_apart(sockdesk, sockets, capture, wireshark):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo", "--save", capture)
    address = desk.opened()
    clients = [sockets.connect(address) for _ in range(3)]
    for turn in range(3):
        for number, client in enumerate(clients):
            client.sendall(b"client %d turn %d." % (number, turn))
            receive_exactly(client, 16)
    names = [str(client.getsockname()[1]) for client in clients]
    for client in clients:
        client.close()
        desk.event("disconnect")
    desk.interrupted()
    wireshark.assert_well(capture)
    for number, name in enumerate(names):
        payloads = wireshark.fields(capture, f"tcp.srcport == {name} && tcp.len > 0", "tcp.payload")
        assert b"".join(bytes.fromhex(p) for p, in payloads) == b"".join(
            b"client %d turn %d." % (number, turn) for turn in range(3))


def test_a_payload_sent_to_all_is_a_packet_for_each(sockdesk, sockets, capture, wireshark):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--stdin", "--save", capture, keyboard=True)
    address = desk.opened()
    clients = [sockets.connect(address) for _ in range(3)]
    for _ in clients:
        desk.event("connect")
    desk.type("to all")
    for client in clients:
        assert receive_exactly(client, 6) == b"to all"
    desk.interrupted()
    sent = wireshark.fields(capture, "tcp.len > 0", "tcp.dstport", "tcp.payload")
    assert sorted(sent) == sorted((str(client.getsockname()[1]), b"to all".hex()) for client in clients)
    wireshark.assert_well(capture)


def test_megabytes_of_a_stream_are_in_the_file_whole(sockdesk, sockets, capture, wireshark):
    content = b"".join(i.to_bytes(4, "big") for i in range(1 << 20))
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--save", capture, format="raw")
    client = sockets.connect(("127.0.0.1", desk.bound_port("tcp")))
    client.sendall(content)
    client.close()
    assert desk.out.take(len(content)) == content
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 0
    wireshark.assert_well(capture)
    payloads = wireshark.fields(capture, "tcp.len > 0", "tcp.payload")
    assert b"".join(bytes.fromhex(p) for p, in payloads) == content


def test_session_events_are_kept_beside_the_packets(sockdesk, sockets, capture, wireshark):
    ours, theirs = conversation(sockdesk, sockets, capture)
    wireshark.assert_well(capture)
    others = b"\n".join(b.body for b in capture_file.blocks(capture.read_bytes()) if b.type != ENHANCED_PACKET)
    comments = b"\n".join(p.options.get(1, b"") for p in capture_file.packets(capture.read_bytes()))
    kept = (others + comments).decode("utf-8", "replace")
    assert format_address(*ours) in kept, "where the server listened is not told"
    assert format_address(*theirs) in kept, "who came is not told"
    assert "closed by peer" in kept, "why it went is not told"


def test_an_existing_capture_is_continued(sockdesk, sockets, capture, wireshark):
    first, _ = udp_run(sockdesk, sockets, capture, [b"first run"])
    before = capture.read_bytes()
    second, _ = udp_run(sockdesk, sockets, capture, [b"second run"])
    assert capture.read_bytes().startswith(before), "what was saved before has changed"
    wireshark.assert_well(capture)
    rows = wireshark.fields(capture, "udp", "udp.payload")
    assert rows == [(b"first run".hex(),)] * 2 + [(b"second run".hex(),)] * 2


def test_a_file_that_is_no_capture_is_refused_and_left_as_it_is(sockdesk, tmp_path):
    path = tmp_path / "notes.pcapng"
    path.write_text("my notes, not a capture\n")
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", path)
    desk.finished(status=1)
    lines = desk.stderr().splitlines()
    assert len(lines) == 1 and "notes.pcapng" in lines[0]
    assert path.read_text() == "my notes, not a capture\n"


def test_an_empty_file_is_filled(sockdesk, sockets, capture, wireshark):
    capture.touch()
    udp_run(sockdesk, sockets, capture, [b"x"])
    wireshark.assert_well(capture)
    assert wireshark.fields(capture, "udp", "udp.payload") == [(b"x".hex(),)] * 2


def test_the_file_grows_with_the_log_and_is_whole_when_the_process_is_killed(sockdesk, sockets, capture, wireshark):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", capture)
    address = desk.opened()
    udp = sockets.udp()
    for number in range(100):
        udp.sendto(b"datagram %03d" % number, address)
    wait_until(lambda: b"datagram 099" in capture.read_bytes(), "the last datagram in the file")
    desk.signal(signal.SIGKILL)
    assert desk.exit_status() == -signal.SIGKILL
    wireshark.assert_well(capture)
    assert [p.udp_payload for p in capture_file.packets(capture.read_bytes())] == [b"datagram %03d" % n for n in range(100)]


def test_a_process_killed_in_a_flood_leaves_a_file_that_is_read_up_to_its_last_whole_block(sockdesk, sockets, capture, wireshark):
    # The kernel may end a write of several pages between two of them, so the very last block may be a part of one.
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", capture, format="raw")
    address = ("127.0.0.1", desk.bound_port("udp"))
    udp = sockets.udp()
    number = 0
    while capture.stat().st_size < 8 << 20:
        for number in range(number + 1, number + 101):
            udp.sendto(number.to_bytes(4, "big") * 300, address)
    desk.signal(signal.SIGKILL)
    assert desk.exit_status() == -signal.SIGKILL

    data = capture.read_bytes()
    whole = capture_file.packets(data[: capture_file.whole_blocks_end(data)])
    assert len(whole) > 1000
    numbers = [int.from_bytes(p.udp_payload[:4], "big") for p in whole]
    assert numbers == sorted(set(numbers)) and numbers[-1] <= number
    assert wireshark.udp_payloads_of_a_cut_file(capture) == [p.udp_payload.hex() for p in whole]


def test_a_capture_that_ends_within_a_block_is_not_continued_and_left_as_it_is(sockdesk, sockets, capture):
    udp_run(sockdesk, sockets, capture, [b"something"])
    cut = capture.read_bytes()[:-5]
    capture.write_bytes(cut)
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", capture)
    desk.finished(status=1)
    lines = desk.stderr().splitlines()
    assert len(lines) == 1 and str(capture) in lines[0]
    assert capture.read_bytes() == cut


def test_the_file_can_be_read_while_it_grows(sockdesk, sockets, capture, wireshark):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", capture)
    address = desk.opened()
    udp = sockets.udp()
    for text in (b"early", b"later"):
        udp.sendto(text, address)
        wait_until(lambda: text in capture.read_bytes(), f"{text} in the file")
        wireshark.assert_well(capture)
    desk.interrupted()


def test_what_stdout_shows_is_what_the_file_holds(sockdesk, sockets, capture, wireshark):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "500", "--save", capture)
    address = desk.opened()
    udp = sockets.udp()
    for start in range(0, 500, 50):
        for number in range(start, start + 50):
            udp.sendto(number.to_bytes(4, "big") * (number % 7), address)
        while len(desk.of_kind("recv")) < start + 50:
            desk.event("recv")
    desk.finished()
    in_file = [p.udp_payload.hex() for p in capture_file.packets(capture.read_bytes())]
    assert in_file == [e["hex"] for e in desk.of_kind("recv")]
    wireshark.assert_well(capture)
