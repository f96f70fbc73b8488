"""The UDP programs of the courses that the tool comes from, as peers."""

import signal
import socket

import pytest

from contract import payload_of, texts, upper_hex
from sockdesk_process import TwoHosts, spare_port


def port_told_by(peer, words="bound"):
    return int(peer.expect(rf"^{words} (\d+)$")[1])


def test_the_senders_text_arrives_with_its_address_as_text_and_as_hex(sockdesk, script):
    desk = sockdesk("udp", "--local", "127.0.0.1:0")
    sender = script("udp_sender.py", *desk.opened())
    for text in ("hhah", "你好,世界"):
        sender.type(text)
        port = port_told_by(sender, "sent from")
        received = desk.event("recv")
        assert received["remote"] == f"127.0.0.1:{port}"
        assert received["text"] == text
        assert payload_of(received) == text.encode("utf-8")
    sender.type("exit")
    assert sender.exit_status() == 0


def test_the_log_shows_the_sender_as_users_of_netassist_know_it(sockdesk, script, log_of):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", format="log")
    log = log_of(desk)
    _, bound = log.until(r"Bound to 127\.0\.0\.1:(\d+) \(port chosen by the system\)")
    sender = script("udp_sender.py", "127.0.0.1", bound[1])
    sender.type("hello 你好")
    port = port_told_by(sender, "sent from")
    entry = log.next()
    assert entry.words == f"RECV ASCII FROM 127.0.0.1 :{port}>"
    assert entry.payload == "hello 你好"


def test_two_unbound_senders_show_two_ports_and_a_bound_one_keeps_its_own(sockdesk, script):
    desk = sockdesk("udp", "--local", "127.0.0.1:0")
    address = desk.opened()

    unbound = [script("udp_sender.py", *address) for _ in range(2)]
    for sender in unbound:
        sender.type("changing")
        port_told_by(sender, "sent from")
    assert len({desk.event("recv")["remote"] for _ in unbound}) == 2

    bound = script("udp_sender.py", *address, "utf-8", 0)
    ports = set()
    for text in ("one", "two", "three"):
        bound.type(text)
        ports.add(port_told_by(bound, "sent from"))
        received = desk.event("recv")
        assert received["text"] == text
        ports.add(int(received["remote"].rpartition(":")[2]))
    assert len(ports) == 1


def test_a_receiver_that_decodes_gbk_reads_what_is_sent_in_gbk(sockdesk, script):
    receiver = script("udp_receiver.py", "gbk")
    port = port_told_by(receiver)
    desk = sockdesk("udp", "--remote", f"127.0.0.1:{port}", "--encoding", "gbk", "--send", "你好,网络调试助手", "--wait", "0s")
    assert receiver.line().endswith(":你好,网络调试助手")
    desk.finished()
    sent = desk.of_kind("send")
    assert [payload_of(s) for s in sent] == ["你好,网络调试助手".encode("gbk")]
    assert sent[0]["text"] == "你好,网络调试助手"


def test_the_receiver_sees_the_port_that_the_open_line_told(sockdesk, script):
    receiver = script("udp_receiver.py", "gbk")
    remote = f"127.0.0.1:{port_told_by(receiver)}"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", remote, "--send", "abc", "--send", "def", "--wait", "0s")
    host, port = desk.opened()
    assert receiver.line() == f"('{host}', {port}):abc"
    assert receiver.line() == f"('{host}', {port}):def"


def test_an_unbound_socket_tells_the_port_that_its_first_send_got(sockdesk, script):
    receiver = script("udp_receiver.py", "utf-8")
    desk = sockdesk("udp", "--remote", f"127.0.0.1:{port_told_by(receiver)}", "--send", "abc", "--wait", "0s")
    seen = int(receiver.expect(r"^\('127\.0\.0\.1', (\d+)\):abc$")[1])
    assert desk.opened()[1] == seen


def test_a_receiver_of_one_datagram_ends_after_it(sockdesk, script):
    receiver = script("udp_receiver.py", "gbk", 1)
    sockdesk("udp", "--remote", f"127.0.0.1:{port_told_by(receiver)}", "--encoding", "gb2312", "--send", "再见", "--wait", "0s")
    assert receiver.line().endswith(":再见")
    assert receiver.exit_status() == 0


def test_a_duplex_program_sends_and_gets_its_reply_on_the_same_socket(sockdesk, script):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo")
    host, port = desk.opened()
    duplex = script("udp_duplex.py")
    duplex.type(host, str(port), "ping 乒")
    own = port_told_by(duplex, "sent from")
    assert duplex.line() == "ping 乒"
    assert duplex.line() == f"('{host}', {port})"
    assert desk.event("recv")["remote"] == f"127.0.0.1:{own}"
    answered = desk.event("send")
    assert (answered["remote"], answered["text"]) == (f"127.0.0.1:{own}", "ping 乒")


def test_a_duplex_program_that_decodes_gbk_reads_a_typed_reply(sockdesk, script):
    # The tool is told where the program lives, as one does by hand: remote host, remote port, then a typed reply.
    own = spare_port(socket.SOCK_DGRAM)
    duplex = script("udp_duplex.py", "gbk", own)
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", f"127.0.0.1:{own}", "--encoding", "gbk", "--stdin",
                    keyboard=True)
    host, port = desk.opened()
    duplex.type(host, str(port), "hello")
    assert desk.event("recv")["remote"] == f"127.0.0.1:{own}"
    desk.type("收到")
    duplex.expect("^sent from")
    assert duplex.line() == "收到"
    assert duplex.line() == f"('{host}', {port})"


def test_the_two_way_chat_goes_both_ways_through_its_menu(sockdesk, script):
    chat = script("udp_chat_menu.py")
    port = port_told_by(chat)
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", f"127.0.0.1:{port}", "--stdin", keyboard=True)
    host, own = desk.opened()
    for round_number in range(3):
        chat.type("2")
        desk.type(f"第{round_number}句")
        assert chat.line() == f"('{host}', {own}):第{round_number}句"
        chat.type("1", host, str(own), f"answer {round_number}")
        received = desk.event("recv")
        assert received["text"] == f"answer {round_number}"
        assert received["remote"] == f"127.0.0.1:{port}"
    chat.type("0")
    assert chat.exit_status() == 0


def test_the_chat_with_threads_in_gb2312_ends_with_bye_in_each_direction(sockdesk, script):
    # Each must know the other's port before it starts, so the desk is opened first and told the other's by a second one.
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--encoding", "gb2312", "--count", "3")
    address = desk.opened()
    chat = script("udp_chat_threads.py", *address, "gb2312")
    port = port_told_by(chat)
    talker = sockdesk("udp", "--remote", f"127.0.0.1:{port}", "--encoding", "gb2312", "--stdin", keyboard=True)
    chat.type("你好", "吃了吗")
    talker.type("吃了")
    assert chat.line() == "<<127.0.0.1:吃了"
    talker.type("bye")
    assert chat.line() == "<<127.0.0.1:bye"
    chat.type("bye")
    assert chat.exit_status() == 0
    events = desk.finished()
    assert texts(events) == "你好吃了吗bye"
    assert {e["remote"] for e in desk.of_kind("recv")} == {f"127.0.0.1:{port}"}


def test_the_server_that_answers_in_capitals_is_heard(sockdesk, script):
    server = script("udp_upper_server.py")
    port = port_told_by(server)
    desk = sockdesk("udp", "--remote", f"127.0.0.1:{port}", "--send", "hello", "--send", "world", "--count", "2")
    events = desk.finished()
    assert texts(events) == "HELLOWORLD"
    assert {e["remote"] for e in desk.of_kind("recv")} == {f"127.0.0.1:{port}"}
    assert server.line() == f"hello ('127.0.0.1', {desk.of_kind('open')[0]['local'].rpartition(':')[2]})"


def test_a_client_that_waits_for_each_answer_is_served_by_echo(sockdesk, script):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo")
    host, port = desk.opened()
    clients = [script("udp_asking_client.py", host, port) for _ in range(2)]
    for text in ("汤姆", "jack", "一棵樹"):
        for client in clients:
            client.type(text)
            assert client.line() == f"[{host}:{port}] {text}"


def test_the_server_that_answers_by_hand_gets_the_message_and_its_reply_comes_back(sockdesk, script):
    server = script("udp_answering_server.py")
    port = port_told_by(server)
    desk = sockdesk("udp", "--remote", f"127.0.0.1:{port}", "--send", "在吗", "--count", "1")
    _, own = desk.opened()
    assert server.line() == f"[127.0.0.1:{own}] 在吗"
    server.type("在")
    assert texts(desk.finished()) == "在"


def test_a_packed_datagram_is_seen_byte_by_byte_and_unpacks_after_its_way_back(sockdesk, script):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo", "--count", "1")
    packer = script("udp_packer.py", *desk.opened())
    assert packer.line() == "(1, b'test.jpg', 2)"
    desk.finished()
    packed = b"\x00\x01test.jpg\x02"
    assert [payload_of(e) for e in desk.events if e["event"] in ("recv", "send")] == [packed, packed]
    assert desk.of_kind("recv")[0]["text"] == "\x00\x01test.jpg\x02"


def test_a_broadcast_on_loopback_is_received(sockdesk, script):
    desk = sockdesk("udp", "--local", ":0")
    _, port = desk.opened()
    caster = script("udp_broadcaster.py", "127.255.255.255", port, "到处")
    own = port_told_by(caster, "sent from")
    received = desk.event("recv")
    assert received["text"] == "到处"
    assert received["remote"] == f"127.0.0.1:{own}"


def test_a_broadcast_on_loopback_is_sent(sockdesk, sockets):
    receiver = sockets.udp("0.0.0.0")
    port = receiver.getsockname()[1]
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", f"127.255.255.255:{port}", "--send", "everyone", "--wait", "0s")
    data, sender = receiver.recvfrom(100)
    assert (data, sender) == (b"everyone", desk.opened())
    desk.finished()


def test_the_limited_broadcast_goes_from_host_to_host_both_ways(sockdesk, script, two_hosts):
    listener = sockdesk("udp", "--local", ":0", prefix=two_hosts.there.prefix)
    _, port = listener.opened()

    script("udp_broadcaster.py", "255.255.255.255", port, "from python", prefix=two_hosts.here.prefix)
    received = listener.event("recv")
    assert received["text"] == "from python"
    assert received["remote"].startswith(TwoHosts.HERE + ":")

    caller = sockdesk("udp", "--local", f"{TwoHosts.HERE}:0", "--remote", f"255.255.255.255:{port}",
                      "--send", "from sockdesk", "--wait", "0s", prefix=two_hosts.here.prefix)
    host, own = caller.opened()
    received = listener.event("recv")
    assert (received["text"], received["remote"]) == ("from sockdesk", f"{host}:{own}")
    caller.finished()


def test_the_subnets_broadcast_goes_from_host_to_host(sockdesk, two_hosts):
    listener = sockdesk("udp", "--local", ":0", prefix=two_hosts.there.prefix)
    _, port = listener.opened()
    caller = sockdesk("udp", "--remote", f"10.77.0.255:{port}", "--send", "subnet", "--wait", "0s",
                      prefix=two_hosts.here.prefix)
    received = listener.event("recv")
    assert received["text"] == "subnet"
    assert received["remote"] == f"{TwoHosts.HERE}:{caller.opened()[1]}"
    caller.finished()


def test_a_tftp_clients_read_request_is_seen_in_hex(sockdesk, peer, log_of):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--view", "hex", "--count", "1", format="log")
    log = log_of(desk)
    _, bound = log.until(r"Bound to 127\.0\.0\.1:(\d+) .*")
    peer(["tftp", "-m", "octet", "127.0.0.1", bound[1], "-c", "get", "test.jpg", "/dev/null"])
    entry, _ = log.until(r"RECV HEX FROM 127\.0\.0\.1 :\d+>")
    assert entry.payload == upper_hex(b"\x00\x01test.jpg\x00octet\x00")
    log.all()
    assert desk.exit_status() == 0


def test_a_tftp_server_that_answers_from_another_port_is_heard(sockdesk, script):
    server = script("tftp_server.py", "file content")
    port = port_told_by(server)
    desk = sockdesk("udp", "--remote", f"127.0.0.1:{port}", "--send-hex", "00 01 61 2e 74 78 74 00 6f 63 74 65 74 00",
                    "--count", "1")
    assert server.line() == "1 a.txt octet"
    answering = port_told_by(server, "answered from")
    assert answering != port
    desk.finished()
    data = desk.of_kind("recv")[0]
    assert data["remote"] == f"127.0.0.1:{answering}"
    assert payload_of(data) == b"\x00\x03\x00\x01file content"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_receiver_is_ended_by_a_signal_after_what_it_showed(sockdesk, script, number):
    desk = sockdesk("udp", "--local", "127.0.0.1:0")
    sender = script("udp_sender.py", *desk.opened())
    sender.type("last words")
    desk.event("recv", text="last words")
    desk.interrupted(number)
    assert desk.totals()["rx_packets"] == 1
    assert desk.totals()["rx_bytes"] == len("last words")
