"""How connections end, and fail to begin: refused, reset, timed out, closed, half closed. The log tells them apart."""

import os
import re
import signal
import socket
import threading

import pytest

import contract
from contract import format_address, payload_of, texts
from loopback import receive_all, receive_exactly, reset
from sockdesk_process import TwoHosts, spare_port, wait_until


# ---- refused


def test_a_refused_connection_says_where_and_why_in_one_line_and_ends_with_1(sockdesk, sockets):
    host, port = sockets.refusing_tcp()
    desk = sockdesk("tcp-client", "--remote", f"{host}:{port}", "--send", "x")
    desk.finished(status=1)
    assert [e["code"] for e in desk.of_kind("error")] == ["ECONNREFUSED"]
    assert desk.of_kind("open") == []
    lines = desk.stderr().splitlines()
    assert len(lines) == 1
    assert f"{host}:{port}" in lines[0] and "refused" in lines[0]


def test_a_refused_datagram_is_an_error_and_the_session_goes_on(sockdesk, sockets):
    host, port = sockets.refusing_udp()
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", f"{host}:{port}", "--send", "anybody?", "--stdin",
                    keyboard=True)
    address = desk.opened()
    refused = desk.event("error")
    assert refused["code"] == "ECONNREFUSED"
    assert f"{host}:{port}" in refused["message"]
    sockets.udp().sendto(b"I am here", address)
    assert desk.event("recv")["text"] == "I am here"
    desk.type("again")
    assert desk.event("send")["text"] == "again"
    assert desk.event("error")["code"] == "ECONNREFUSED"


def test_a_refusal_by_one_peer_does_not_cost_the_others_a_datagram(sockdesk, sockets):
    # Connected to somebody else, this socket sends from its port but hears nothing there: each echo to it is refused.
    deaf = sockets.udp()
    deaf.connect(("127.0.0.1", 9))
    asking = sockets.udp()
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo")
    address = desk.opened()
    for number in range(20):
        deaf.sendto(b"deaf", address)
        question = b"question %d" % number
        asking.sendto(question, address)
        assert asking.recv(100) == question
    desk.interrupted()
    assert desk.totals()["rx_packets"] == 40
    assert desk.totals()["tx_packets"] == 40
    refused = desk.of_kind("error")
    assert refused
    assert {e["code"] for e in refused} == {"ECONNREFUSED"}


def test_the_log_shows_the_refusal_of_a_datagram(sockdesk, sockets, log_of):
    host, port = sockets.refusing_udp()
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", f"{host}:{port}", "--send", "x", "--for", "60s",
                    format="log")
    entry, _ = log_of(desk).until(r".*(refused|ECONNREFUSED).*")
    assert f"{host}:{port}" in entry.words


# ---- reset and closed by the peer


def test_a_reset_and_a_close_are_told_apart_at_a_server(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0")
    address = desk.opened()
    for end, reason in ((socket.socket.close, "closed by peer"), (reset, "reset by peer")):
        client = sockets.connect(address)
        name = format_address(*client.getsockname())
        client.sendall(b"x")
        desk.event("recv")
        end(client)
        gone = desk.event("disconnect")
        assert (gone["remote"], gone["reason"]) == (name, reason)


@pytest.mark.parametrize("end, reason, status", [(socket.socket.close, "closed by peer", 0), (reset, "reset by peer", 1)])
def test_a_reset_and_a_close_are_told_apart_at_a_client(sockdesk, sockets, end, reason, status):
    listener = sockets.listener()
    remote = format_address(*listener.getsockname())
    desk = sockdesk("tcp-client", "--remote", remote)
    connection = sockets.accept(listener)
    desk.opened()
    connection.sendall(b"last words")
    assert desk.event("recv")["text"] == "last words"
    end(connection)
    gone = desk.event("disconnect")
    assert (gone["remote"], gone["reason"]) == (remote, reason)
    desk.finished(status)
    lines = desk.stderr().splitlines()
    assert len(lines) == status
    assert all(remote in line and reason in line for line in lines)


def test_what_came_before_a_close_is_never_lost(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0")
    address = desk.opened()
    data = bytes(range(256)) * 2000
    client = sockets.connect(address)
    client.sendall(data)
    client.close()
    desk.event("disconnect")
    assert b"".join(payload_of(e) for e in desk.of_kind("recv")) == data


# ---- timed out


def test_a_connection_that_nobody_answers_times_out(sockdesk, sockets):
    # A listener whose queue is full answers no SYN at all (listen(2)); connections are made until one hangs.
    listener = sockets.listener(backlog=0)
    waiting = []
    for _ in range(16):
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        waiting.append(s)
        s.setblocking(False)
        s.connect_ex(listener.getsockname())
    try:
        def queue_is_full():
            states = [s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] for s in waiting]
            syn_sent, established = 2, 1
            return established in states and syn_sent in states
        wait_until(queue_is_full, "the listener's queue to be full")
        remote = format_address(*listener.getsockname())
        desk = sockdesk("tcp-client", "--remote", remote, "--connect-timeout", "300ms")
        desk.finished(status=1)
        assert [e["code"] for e in desk.of_kind("error")] == ["ETIMEDOUT"]
        lines = desk.stderr().splitlines()
        assert len(lines) == 1
        assert remote in lines[0] and "timed out" in lines[0]
    finally:
        for s in waiting:
            s.close()


def test_an_established_connection_whose_peer_falls_silent_times_out(sockdesk, script, two_hosts):
    # The far host loses its address: it then drops what is sent there, without a word. Two retransmissions have to do.
    here, there = two_hosts.here, two_hosts.there
    here.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/tcp_retries2")
    desk = sockdesk("tcp-server", "--local", f"{TwoHosts.HERE}:0", "--stdin", keyboard=True, prefix=here.prefix)
    address = desk.opened()
    client = script("tcp_chat_client.py", *address, "far", prefix=there.prefix)
    client.expect("^connected from")
    remote = desk.event("connect")["remote"]
    link = re.search(r"link/ether (\S+)", there.run("ip", "link", "show", "dev", "far"))[1]
    here.run("ip", "neigh", "replace", TwoHosts.THERE, "lladdr", link, "dev", "cable", "nud", "permanent")
    there.run("ip", "address", "flush", "dev", "far")
    desk.type("are you there?")
    gone = desk.event("disconnect")
    assert (gone["remote"], gone["reason"]) == (remote, "timed out")


# ---- connecting again


def test_a_client_told_to_reconnect_comes_back_after_a_loss_and_after_refusals(sockdesk, sockets):
    listener = sockets.listener(port=spare_port())
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--reconnect")
    first = sockets.accept(listener)
    first.sendall(b"before")
    assert desk.event("recv")["text"] == "before"
    # A listener that is shut down refuses, and keeps the port that it was bound to by number.
    listener.shutdown(socket.SHUT_RDWR)
    reset(first)
    assert desk.event("disconnect")["reason"] == "reset by peer"
    assert desk.event("error")["code"] == "ECONNREFUSED"
    listener.listen()
    second = sockets.accept(listener)
    second.sendall(b"after")
    assert desk.event("recv")["text"] == "after"
    desk.interrupted()
    assert len(desk.of_kind("open")) == 2
    assert receive_all(second) == b""


# ---- half closed


@pytest.mark.parametrize("size", [5, 5_000_000])
def test_a_server_still_answers_a_client_that_has_finished_sending(sockdesk, sockets, size):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo", format="raw")
    client = sockets.connect(("127.0.0.1", desk.bound_port("tcp")))
    data = bytes(i % 251 for i in range(size))

    def send_all_and_finish() -> None:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send_all_and_finish)
    sender.start()
    assert receive_exactly(client, size) == data
    sender.join()


def test_a_half_closed_client_gets_every_round_of_a_loop_and_the_log_tells_that_it_only_finished(sockdesk, sockets, log_of):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--send", "round ", "--every", "5ms", "--times", "100",
                    format="log")
    log = log_of(desk)
    client = sockets.connect(contract.parse_address(re.search(contract.ADDRESS, log.next().words)[0]))
    name = format_address(*client.getsockname())
    client.sendall(b"that was all")
    client.shutdown(socket.SHUT_WR)
    assert receive_exactly(client, 600) == b"round " * 100
    log.until(rf".*{re.escape(name)} has finished sending.*")
    assert not any(contract.OFFLINE.fullmatch(e.words) for e in log.entries), "it could still be written to"
    client.close()
    log.until(rf"Client {re.escape(name)} gets offline.*")


def test_a_client_hears_the_answer_to_the_last_word_of_its_input(sockdesk, sockets):
    # printf question | sockdesk tcp-client …: a server that answers at the end of its input must be heard.
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", format_address(*listener.getsockname()), "--stdin", "--wait", "20s",
                    keyboard=True)
    desk.type("question")
    desk.end_input()
    connection = sockets.accept(listener)
    assert connection.recv(100) == b"question"
    connection.sendall(b"answer")
    connection.close()
    desk.finished()
    assert texts(desk.events) == "answer"


# ---- closed by us


def test_a_client_that_is_stopped_closes_its_connection(sockdesk, sockets):
    listener = sockets.listener()
    remote = format_address(*listener.getsockname())
    desk = sockdesk("tcp-client", "--remote", remote)
    connection = sockets.accept(listener)
    desk.opened()
    desk.interrupted()
    assert receive_all(connection) == b""
    assert [(e["remote"], e["reason"]) for e in desk.of_kind("disconnect")] == [(remote, "closed")]
    assert [e["event"] for e in desk.events] == ["open", "disconnect", "close"]


def test_a_server_can_be_opened_again_on_its_port_at_once(sockdesk, sockets):
    port = spare_port()
    for _ in range(3):
        desk = sockdesk("tcp-server", "--local", f"127.0.0.1:{port}")
        client = sockets.connect(desk.opened())
        desk.event("connect")
        desk.interrupted(signal.SIGTERM)  # we close first, so the port is left in TIME_WAIT
        assert client.recv(1) == b""
        client.close()


def test_clients_that_come_and_go_leave_nothing_behind(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo")
    address = desk.opened()

    def descriptors() -> int:
        return len(os.listdir(f"/proc/{desk.pid}/fd"))

    def one_client() -> None:
        client = sockets.connect(address)
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        client.close()
        desk.event("disconnect")

    one_client()
    before = descriptors()
    for _ in range(200):
        one_client()
    wait_until(lambda: descriptors() <= before, "the descriptors of clients that are gone to be closed")
