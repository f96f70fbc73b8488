"""The TCP programs of the courses, as peers: the chat of many, and the telephone call."""

import contract
from contract import texts


def port_told_by(peer, words="bound"):
    return int(peer.expect(rf"^{words} (\d+)$")[1])


def test_two_desks_chat_with_others_through_a_chat_server(sockdesk, script):
    server = script("tcp_chat_server.py")
    remote = f"127.0.0.1:{port_told_by(server)}"
    desks = [sockdesk("tcp-client", "--remote", remote, "--stdin", keyboard=True) for _ in range(2)]
    ports = [desk.opened()[1] for desk in desks]
    assert {port_told_by(server, "joined") for _ in desks} == set(ports)

    for desk, port, text in zip(desks, ports, ("你好", "hello")):
        desk.type(text)
        assert server.line() == f"{port}>>{text}"
        sent = desk.event("send")
        assert (sent["remote"], sent["text"]) == (remote, text)

    server.type("大家好")
    for desk in desks:
        received = desk.event("recv")
        assert (received["remote"], received["text"]) == (remote, "server:大家好")

    desks[0].interrupted()
    assert port_told_by(server, "left") == ports[0]
    server.type("still here?")
    assert desks[1].event("recv")["text"] == "server:still here?"


def test_a_client_ends_well_when_the_chat_server_goes_away(sockdesk, script):
    server = script("tcp_chat_server.py")
    desk = sockdesk("tcp-client", "--remote", f"127.0.0.1:{port_told_by(server)}", "--send", "hi")
    server.expect(r">>hi$")
    server.end_input()  # its main thread ends, and with it the program
    events = desk.finished()
    assert [e["reason"] for e in events if e["event"] == "disconnect"] == ["closed by peer"]


def test_several_clients_at_once_are_told_apart_and_all_get_what_is_typed(sockdesk, script):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--stdin", keyboard=True)
    address = desk.opened()
    names = ("张三", "Li", "王五")
    clients = {name: script("tcp_chat_client.py", *address, name) for name in names}
    remotes = {name: f"127.0.0.1:{port_told_by(client, 'connected from')}" for name, client in clients.items()}
    assert {desk.event("connect")["remote"] for _ in names} == set(remotes.values())

    for name, client in clients.items():
        client.type("我来了")
        received = desk.event("recv")
        assert received["remote"] == remotes[name]
        assert received["text"] == f"{name}:我来了"

    desk.type("欢迎大家")
    for client in clients.values():
        assert client.line() == ">>欢迎大家"

    clients["Li"].type("bye")
    assert desk.event("disconnect", remote=remotes["Li"])["reason"] == "closed by peer"
    desk.type("一个走了")
    for name in ("张三", "王五"):
        assert clients[name].line() == ">>一个走了"

    desk.interrupted()
    for name in ("张三", "王五"):
        assert clients[name].line() == "server left"
    gone = {e["remote"]: e["reason"] for e in desk.of_kind("disconnect")}
    assert gone == {remotes["Li"]: "closed by peer", remotes["张三"]: "closed", remotes["王五"]: "closed"}


def test_an_echo_reaches_only_the_client_that_spoke(sockdesk, script):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo", "--stdin", keyboard=True)
    address = desk.opened()
    speaker, silent = (script("tcp_chat_client.py", *address, name) for name in ("a", "b"))
    for client in (speaker, silent):
        port_told_by(client, "connected from")
        desk.event("connect")
    speaker.type("only me")
    assert speaker.line() == ">>a:only me"
    desk.type("for all")
    # The stream keeps order: had the echo gone to the silent one too, it would stand before this.
    assert silent.line() == ">>for all"
    assert speaker.line() == ">>for all"


def test_each_client_is_greeted_as_it_connects(sockdesk, script):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--send", "welcome")
    address = desk.opened()
    for name in ("first", "second", "third"):
        client = script("tcp_chat_client.py", *address, name)
        port = port_told_by(client, "connected from")
        assert client.line() == ">>welcome"
        desk.event("send", remote=f"127.0.0.1:{port}", text="welcome")
    # The first to come was not greeted again when others came.
    desk.interrupted()
    assert desk.totals()["tx_packets"] == 3
    assert desk.totals()["tx_bytes"] == 3 * len("welcome")


def test_the_log_names_the_clients_as_users_of_netassist_know_it(sockdesk, script, log_of):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--stdin", keyboard=True, format="log")
    log = log_of(desk)
    local = log.next().words
    server_port = int(local.split("127.0.0.1:")[1].split()[0])
    clients = [script("tcp_chat_client.py", "127.0.0.1", server_port, name) for name in ("a", "b")]
    ports = [port_told_by(client, "connected from") for client in clients]
    online = {log.until(contract.ONLINE)[1]["remote"] for _ in clients}
    assert online == {f"127.0.0.1:{port}" for port in ports}

    clients[0].type("hello")
    entry = log.next()
    assert (entry.words, entry.payload) == (f"RECV ASCII FROM 127.0.0.1 :{ports[0]}>", "a:hello")

    desk.type("to everybody")
    entry = log.next()
    assert (entry.words, entry.payload) == ("SEND ASCII TO ALL>", "to everybody")
    for client in clients:
        assert client.line() == ">>to everybody"

    clients[1].type("bye")
    # Had the message to all been shown once for every client, it would stand before this.
    assert log.next().words == f"Client 127.0.0.1:{ports[1]} gets offline."


def test_a_telephone_call_is_answered_in_capitals_and_cut(sockdesk, script):
    server = script("tcp_phone_server.py")
    remote = f"127.0.0.1:{port_told_by(server)}"
    desk = sockdesk("tcp-client", "--remote", remote, "--send", "hello 你好")
    _, own = desk.opened()
    assert port_told_by(server, "caller") == own
    assert server.line() == "message hello 你好"
    events = desk.finished()
    assert [e["event"] for e in events] == ["open", "send", "recv", "disconnect", "close"]
    assert texts(events, "send") == "hello 你好"
    assert texts(events, "recv") == "HELLO 你好"
    assert events[3]["reason"] == "closed by peer"
    assert server.exit_status() == 0


def test_the_log_of_a_telephone_call_reads_as_in_netassist(sockdesk, script, log_of):
    server = script("tcp_phone_server.py")
    desk = sockdesk("tcp-client", "--remote", f"127.0.0.1:{port_told_by(server)}", "--send", "hello", format="log")
    entries = log_of(desk).all()
    assert desk.exit_status() == 0
    payloads = [(e.words, e.payload) for e in entries if e.payload is not None]
    assert payloads[0] == ("SEND ASCII>", "hello")
    assert payloads[1][0].startswith("RECV ASCII") and payloads[1][1] == "HELLO"
    assert len(payloads) == 2


def test_a_caller_is_answered_by_echo(sockdesk, script):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo")
    caller = script("tcp_phone_client.py", *desk.opened(), "喂?")
    assert caller.line() == "喂?"
    assert caller.exit_status() == 0
    connected = desk.event("connect")
    assert desk.event("disconnect")["remote"] == connected["remote"]
    assert texts(desk.events, "recv") == texts(desk.events, "send") == "喂?"
