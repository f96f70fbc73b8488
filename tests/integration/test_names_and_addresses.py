"""Names that stand for several addresses, addresses of one link, and many peers at once."""

import socket

import pytest

import contract
from contract import format_address
from loopback import receive_exactly
from sockdesk_process import TwoHosts, spare_port


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_name_is_tried_address_by_address_until_one_answers(sockdesk, sockets, two_addresses, host):
    listener = sockets.listener(host)  # nobody listens at the other
    desk = sockdesk("tcp-client", "--remote", f"both.test:{listener.getsockname()[1]}", "--send", "found you",
                    prefix=two_addresses)
    connection = sockets.accept(listener)
    assert receive_exactly(connection, 9) == b"found you"
    connection.close()
    desk.finished()
    assert desk.events[0]["event"] == "open", "an address that another one made up for is no error of the run"
    assert contract.parse_address(desk.events[0]["local"])[0] == host


@pytest.mark.parametrize("protocol", ["udp", "tcp-client"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_name_is_looked_up_in_the_family_of_the_local_address(sockdesk, sockets, two_addresses, protocol, host):
    peer = sockets.udp(host) if protocol == "udp" else sockets.listener(host)
    desk = sockdesk(protocol, "--local", format_address(host, 0), "--remote", f"both.test:{peer.getsockname()[1]}",
                    "--send", "x", "--wait", "0s", prefix=two_addresses)
    if protocol == "udp":
        data, sender = peer.recvfrom(10)
    else:
        connection = sockets.accept(peer)
        data, sender = receive_exactly(connection, 1), connection.getpeername()
    assert (data, sender[:2]) == (b"x", desk.opened())
    desk.finished()


def test_an_unbound_socket_sends_to_one_address_of_a_name_and_shows_which(sockdesk, sockets, two_addresses):
    port = spare_port(socket.SOCK_DGRAM)
    peers = {host: sockets.udp(host, port) for host in ("::1", "127.0.0.1")}
    desk = sockdesk("udp", "--remote", f"both.test:{port}", "--send", "x", "--wait", "0s", prefix=two_addresses)
    host, _ = contract.parse_address(desk.event("send")["remote"])
    assert peers.pop(host).recv(10) == b"x"
    (other,) = peers.values()
    other.setblocking(False)
    with pytest.raises(BlockingIOError):
        other.recv(10)


def test_a_socket_for_every_ipv6_address_hears_both_families(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "[::]:0", "--echo")
    _, port = desk.opened()
    for host in ("::1", "127.0.0.1"):
        udp = sockets.udp(host)
        udp.sendto(b"x", (host, port))
        assert udp.recv(10) == b"x"
        # An IPv4 peer has its own address, not one wrapped in IPv6, so that one peer has one name.
        assert desk.event("recv")["remote"] == format_address(*udp.getsockname()[:2])


def test_link_local_addresses_work_with_their_interface(sockdesk, two_hosts):
    here, there = two_hosts.here, two_hosts.there
    here.run("ip", "address", "add", "fe80::77:1/64", "dev", "cable", "nodad")
    there.run("ip", "address", "add", "fe80::77:2/64", "dev", "far", "nodad")
    listener = sockdesk("udp", "--local", "[fe80::77:2%far]:0", "--echo", prefix=there.prefix)
    host, port = listener.opened()
    assert host.startswith("fe80::77:2%")
    caller = sockdesk("udp", "--remote", f"[fe80::77:2%cable]:{port}", "--send", "over the link", "--count", "1",
                      prefix=here.prefix)
    received = listener.event("recv")
    assert received["text"] == "over the link"
    # The link has other addresses of this host too; which one it speaks from is the kernel's choice.
    assert received["remote"].startswith("[fe80::")
    caller.finished()
    assert contract.texts(caller.events) == "over the link"


def test_two_hundred_clients_at_once_are_all_served(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo")
    address = desk.opened()
    clients = [sockets.connect(address) for _ in range(200)]
    for number, client in enumerate(clients):
        client.sendall(b"%03d" % number)
    for number, client in enumerate(clients):
        assert receive_exactly(client, 3) == b"%03d" % number
    for client in clients:
        client.close()
    for _ in clients:
        desk.event("disconnect")
    names = {e["remote"] for e in desk.of_kind("connect")}
    assert len(names) == 200
    assert {e["remote"] for e in desk.of_kind("disconnect")} == names
    assert sorted(e["text"] for e in desk.of_kind("recv")) == ["%03d" % n for n in range(200)]


def test_two_hundred_peers_of_one_udp_socket_are_told_apart(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo")
    address = desk.opened()
    peers = [sockets.udp() for _ in range(200)]
    for number, udp in enumerate(peers):
        udp.sendto(b"%03d" % number, address)
        assert udp.recv(10) == b"%03d" % number
    desk.interrupted()
    shown = {e["text"]: e["remote"] for e in desk.of_kind("recv")}
    assert shown == {"%03d" % n: format_address(*udp.getsockname()) for n, udp in enumerate(peers)}


def test_a_host_on_the_network_is_reached_and_shown_with_its_address(sockdesk, two_hosts):
    server = sockdesk("tcp-server", "--local", ":0", "--echo", prefix=two_hosts.there.prefix)
    _, port = server.opened()
    client = sockdesk("tcp-client", "--remote", f"{TwoHosts.THERE}:{port}", "--send", "hello", "--count", "1",
                      prefix=two_hosts.here.prefix)
    assert server.event("connect")["remote"].startswith(f"{TwoHosts.HERE}:")
    client.finished()
    assert client.events[0]["local"].startswith(f"{TwoHosts.HERE}:")
    assert contract.texts(client.events) == "hello"
