"""socat and ncat at the other end: as server and as client, UDP and TCP, IPv4 and IPv6, every byte value, every size."""

import pytest

from contract import format_address, payload_of
from loopback import receive_exactly

HOSTS = ["127.0.0.1", "::1"]
ALL_BYTES = bytes(range(256))
MAX_UDP_V4 = 65_507  # 65535 − 20 bytes of IPv4 − 8 of UDP (RFC 791, RFC 768)
MAX_UDP_V6 = 65_527  # 65535 − 8 of UDP: IPv6's length leaves its own header out (RFC 8200 section 3)


def socat_address(kind: str, host: str, port: int) -> str:
    return f"{kind}{'6' if ':' in host else '4'}:{format_address(host, port)}"


def listening(kind: str, host: str) -> str:
    family = "6" if ":" in host else "4"
    bind = f"[{host}]" if ":" in host else host
    return f"{kind}{family}-{'LISTEN' if kind == 'TCP' else 'RECV'}:0,bind={bind}"


def stream_of(desk, size: int) -> bytes:
    """The bytes received by TCP, however they were cut into reads."""
    data = b""
    while len(data) < size:
        data += payload_of(desk.event("recv"))
    return data


# ---- UDP


@pytest.mark.parametrize("host", HOSTS)
def test_socat_sends_a_datagram_of_every_byte(sockdesk, peer, all_bytes_file, host):
    desk = sockdesk("udp", "--local", format_address(host, 0))
    _, port = desk.opened()
    peer(["socat", "-u", f"OPEN:{all_bytes_file}", socat_address("UDP", host, port)])
    received = desk.event("recv")
    assert payload_of(received) == ALL_BYTES
    assert received["remote"].startswith(format_address(host, 0)[:-1])


@pytest.mark.parametrize("host", HOSTS)
def test_socat_receives_a_datagram_of_every_byte(sockdesk, peer, all_bytes_file, host):
    receiver = peer(["socat", "-u", listening("UDP", host), "STDOUT"])
    port = receiver.bound_port("udp")
    desk = sockdesk("udp", "--remote", format_address(host, port), "--send-file", all_bytes_file, "--wait", "0s")
    assert receiver.out.take(256) == ALL_BYTES
    desk.finished()
    assert desk.of_kind("send")[0]["remote"] == format_address(host, port)


@pytest.mark.parametrize("host", HOSTS)
def test_ncat_talks_over_udp_and_hears_its_echo(sockdesk, peer, host):
    desk = sockdesk("udp", "--local", format_address(host, 0), "--echo")
    _, port = desk.opened()
    talker = peer(["ncat", "--udp", host, str(port)], keyboard=True)
    for text in ("first", "zweites", "三"):
        talker.type(text)
        assert desk.event("recv")["text"] == text + "\n"
        assert talker.line() == text


@pytest.mark.parametrize("host", HOSTS)
def test_ncat_listens_on_udp_and_answers(sockdesk, peer, host):
    listener = peer(["ncat", "--udp", "--listen", host, "0"], keyboard=True)
    port = listener.bound_port("udp")
    desk = sockdesk("udp", "--remote", format_address(host, port), "--send-hex", "68 69 0a", "--count", "1")
    assert listener.line() == "hi"
    listener.type("hello yourself")
    desk.finished()
    answer = desk.of_kind("recv")[0]
    assert (answer["text"], answer["remote"]) == ("hello yourself\n", format_address(host, port))


def test_an_echo_through_socat_returns_every_byte(sockdesk, peer, all_bytes_file):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo", "--count", "1")
    _, port = desk.opened()
    asker = peer(["socat", "-t", "20", f"OPEN:{all_bytes_file},rdonly!!STDOUT", f"UDP4:127.0.0.1:{port}"])
    assert asker.out.take(256) == ALL_BYTES
    desk.finished()


@pytest.mark.parametrize("host, size", [("127.0.0.1", MAX_UDP_V4), ("::1", MAX_UDP_V6)])
def test_the_largest_datagram_passes_whole_both_ways(sockdesk, sockets, tmp_path, host, size):
    content = bytes(i * 7 % 251 for i in range(size))
    path = tmp_path / "largest"
    path.write_bytes(content)
    udp = sockets.udp(host)
    desk = sockdesk("udp", "--local", format_address(host, 0), "--remote", format_address(host, udp.getsockname()[1]),
                    "--send-file", path, "--count", "1")
    address = desk.opened()
    data, sender = udp.recvfrom(70_000)
    assert (data, sender[:2]) == (content, address)
    udp.sendto(content, address)
    desk.finished()
    assert payload_of(desk.of_kind("recv")[0]) == content
    assert payload_of(desk.of_kind("send")[0]) == content


def test_socat_gets_and_sends_the_largest_datagram_whole(sockdesk, peer, tmp_path):
    content = bytes(i * 13 % 251 for i in range(MAX_UDP_V4))
    path = tmp_path / "largest"
    path.write_bytes(content)
    receiver = peer(["socat", "-u", "-b", "70000", listening("UDP", "127.0.0.1"), "STDOUT"])
    sockdesk("udp", "--remote", f"127.0.0.1:{receiver.bound_port('udp')}", "--send-file", path, "--wait", "0s")
    assert receiver.out.take(MAX_UDP_V4) == content

    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "1")
    peer(["socat", "-u", "-b", "70000", f"OPEN:{path}", socat_address("UDP", *desk.opened())])
    desk.finished()
    assert payload_of(desk.of_kind("recv")[0]) == content


@pytest.mark.parametrize("host, limit", [("127.0.0.1", MAX_UDP_V4), ("::1", MAX_UDP_V6)])
def test_a_datagram_one_byte_too_large_is_refused_with_the_limit_named(sockdesk, sockets, tmp_path, host, limit):
    path = tmp_path / "too_large"
    path.write_bytes(bytes(limit + 1))
    udp = sockets.udp(host)
    desk = sockdesk("udp", "--local", format_address(host, 0), "--remote", format_address(host, udp.getsockname()[1]),
                    "--send-file", path, "--wait", "0s")
    desk.finished(status=1)
    refused = desk.of_kind("error")
    assert len(refused) == 1
    assert f"{limit}" in refused[0]["message"].replace(",", ""), "the limit is not named"
    assert f"{limit + 1}" in refused[0]["message"].replace(",", ""), "the size is not named"
    assert desk.of_kind("send") == []
    assert desk.totals()["tx_packets"] == 0


def test_empty_datagrams_are_records_both_ways(sockdesk, sockets):
    udp = sockets.udp()
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", f"127.0.0.1:{udp.getsockname()[1]}",
                    "--send", "", "--send-hex", "", "--send", "after", "--count", "3")
    address = desk.opened()
    assert [udp.recv(100) for _ in range(3)] == [b"", b"", b"after"]
    for data in (b"", b"x", b""):
        udp.sendto(data, address)
    desk.finished()
    assert [payload_of(e) for e in desk.of_kind("recv")] == [b"", b"x", b""]
    assert [payload_of(e) for e in desk.of_kind("send")] == [b"", b"", b"after"]
    assert desk.totals()["rx_packets"] == 3 and desk.totals()["rx_bytes"] == 1
    assert desk.totals()["tx_packets"] == 3 and desk.totals()["tx_bytes"] == 5


def test_socats_empty_datagram_at_the_end_is_a_record(sockdesk, peer):
    # With shut-null socat says the end of its input as an empty datagram.
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "2")
    _, port = desk.opened()
    talker = peer(["socat", "-u", "STDIN", f"UDP4:127.0.0.1:{port},shut-null"], keyboard=True)
    talker.write(b"something")
    desk.event("recv", text="something")
    talker.end_input()
    desk.finished()
    assert [payload_of(e) for e in desk.of_kind("recv")] == [b"something", b""]


def test_datagrams_are_neither_merged_nor_cut(sockdesk, sockets):
    sizes = [0, 1, 2, 1471, 1472, 1473, 9000, 65_506, 65_507, 3]
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", str(len(sizes)))
    address = desk.opened()
    udp = sockets.udp()
    for size in sizes:
        udp.sendto(b"\xa5" * size, address)
    desk.finished()
    assert [e["bytes"] for e in desk.of_kind("recv")] == sizes


# ---- TCP


@pytest.mark.parametrize("host", HOSTS)
def test_socat_as_client_gets_every_byte_echoed(sockdesk, peer, all_bytes_file, host):
    desk = sockdesk("tcp-server", "--local", format_address(host, 0), "--echo")
    _, port = desk.opened()
    client = peer(["socat", "-t", "20", f"OPEN:{all_bytes_file},rdonly!!STDOUT", socat_address("TCP", host, port)])
    connected = desk.event("connect")
    assert stream_of(desk, 256) == ALL_BYTES
    assert client.out.take(256) == ALL_BYTES
    assert connected["remote"].startswith(format_address(host, 0)[:-1])


@pytest.mark.parametrize("host", HOSTS)
def test_ncat_as_client_gets_every_byte_that_is_sent_and_the_end(sockdesk, peer, all_bytes_file, host):
    desk = sockdesk("tcp-server", "--local", format_address(host, 0), "--send-file", all_bytes_file)
    _, port = desk.opened()
    client = peer(["ncat", "--recv-only", host, str(port)])
    assert client.out.take(256) == ALL_BYTES
    desk.interrupted()
    assert client.exit_status() == 0
    assert client.out.rest() == b""


@pytest.mark.parametrize("host", HOSTS)
def test_socat_as_server_gets_every_byte(sockdesk, peer, all_bytes_file, host):
    server = peer(["socat", "-u", listening("TCP", host), "STDOUT"])
    port = server.bound_port("tcp")
    desk = sockdesk("tcp-client", "--remote", format_address(host, port), "--send-file", all_bytes_file, "--wait", "0s")
    assert server.out.take(256) == ALL_BYTES
    desk.finished()
    assert server.exit_status() == 0
    assert desk.of_kind("send")[0]["remote"] == format_address(host, port)


@pytest.mark.parametrize("host", HOSTS)
def test_ncat_as_server_and_a_desk_talk_in_turns(sockdesk, peer, host):
    server = peer(["ncat", "--listen", host, "0"], keyboard=True)
    port = server.bound_port("tcp")
    desk = sockdesk("tcp-client", "--remote", format_address(host, port), "--escapes", "--stdin", keyboard=True)
    desk.opened()
    for number in range(3):
        desk.type(f"question {number}\\n")
        assert server.line() == f"question {number}"
        server.type(f"answer {number}")
        assert desk.event("recv")["text"] == f"answer {number}\n"
    server.end_input()
    server.kill()
    assert desk.event("disconnect")["reason"] == "closed by peer"


def test_a_chosen_local_port_is_what_the_server_sees(sockdesk, sockets):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--local", "127.0.0.1:0", "--remote", format_address(*listener.getsockname()),
                    "--send", "x")
    connection, address = listener.accept()
    assert desk.opened() == address
    assert receive_exactly(connection, 1) == b"x"  # closing with something unread would be a reset
    connection.close()


def test_megabytes_arrive_whole_and_in_order_both_ways(sockdesk, sockets, tmp_path):
    content = b"".join(i.to_bytes(4, "big") for i in range(1 << 20))
    path = tmp_path / "megabytes"
    path.write_bytes(content)
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--send-file", path, format="raw")
    port = desk.bound_port("tcp")
    client = sockets.connect(("127.0.0.1", port))
    assert receive_exactly(client, len(content)) == content
    client.sendall(content)
    assert desk.out.take(len(content)) == content
