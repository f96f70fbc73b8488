"""`--format json`: what a script that reads sockdesk's stdout may rely on.

Every line of every test goes through contract.parse_event, which holds the fields, their types and their order; here
is what takes more than one look at a line.
"""

import json
import os
import signal
import subprocess
import time

import pytest

import contract
from loopback import reset
from sockdesk_process import spare_port


def test_the_picked_port_is_the_first_line_before_anything_arrives_and_three_datagrams_end_it(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "3")
    line = desk.out.line()  # nothing has been sent: had it not been flushed, this would never come
    event = contract.parse_event(line)
    assert {k: v for k, v in event.items() if k not in ("time", "local")} == {
        "session": 1, "event": "open", "protocol": "udp"}
    desk.events.append(event)
    host, port = contract.parse_address(event["local"])
    assert host == "127.0.0.1"
    udp = sockets.udp()
    for text in (b"1", b"2", b"3"):
        udp.sendto(text, (host, port))
    events = desk.finished()
    assert [e["event"] for e in events] == ["open", "recv", "recv", "recv", "close"]


@pytest.mark.parametrize("protocol", ["udp", "tcp-server"])
def test_the_open_line_tells_protocol_and_address(sockdesk, protocol):
    desk = sockdesk(protocol, "--local", "127.0.0.1:0")
    host, port = desk.opened()
    assert desk.events[0]["protocol"] == protocol
    assert (host, port) == ("127.0.0.1", desk.bound_port("udp" if protocol == "udp" else "tcp"))


def test_a_chosen_port_is_kept(sockdesk):
    port = spare_port()
    assert sockdesk("tcp-server", "--local", f"127.0.0.1:{port}").opened() == ("127.0.0.1", port)


@pytest.mark.parametrize("local, shown", [
    (":0", "0.0.0.0"), ("127.0.0.1", "127.0.0.1"), ("localhost:0", "127.0.0.1"), ("[::1]:0", "::1"), ("[::]:0", "::"),
    ("[::1]", "::1")])
def test_every_form_of_an_address_opens_a_socket_on_a_picked_port(sockdesk, local, shown):
    host, port = sockdesk("udp", "--local", local).opened()
    if local.startswith("localhost"):
        assert host in ("127.0.0.1", "::1")
    else:
        assert host == shown
    assert port > 0


def test_a_clients_open_line_follows_its_connection_and_has_its_own_address(sockdesk, sockets):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", contract.format_address(*listener.getsockname()))
    connection, address = listener.accept()
    assert desk.opened() == address
    assert desk.events[0]["protocol"] == "tcp-client"
    connection.close()


def test_a_received_datagram_has_every_field(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--encoding", "gbk")
    address = desk.opened()
    udp = sockets.udp()
    udp.sendto("你好".encode("gbk"), address)
    event = desk.event("recv")
    time_told = event.pop("time")
    assert event == {
        "session": 1,
        "event": "recv",
        "local": contract.format_address(*address),
        "remote": contract.format_address(*udp.getsockname()),
        "bytes": 4,
        "hex": "c4e3bac3",
        "text": "你好",
    }
    assert abs(contract.nanoseconds(time_told) - time.time_ns()) < 60e9


def test_a_sent_datagram_has_every_field(sockdesk, sockets):
    udp = sockets.udp()
    remote = contract.format_address(*udp.getsockname())
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", remote, "--send", "hi", "--wait", "0s")
    address = desk.opened()
    event = desk.event("send")
    del event["time"]
    assert event == {
        "session": 1,
        "event": "send",
        "local": contract.format_address(*address),
        "remote": remote,
        "bytes": 2,
        "hex": "6869",
        "text": "hi",
    }


def test_all_byte_values_are_exact_in_hex(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0")
    sockets.udp().sendto(bytes(range(256)), desk.opened())
    assert desk.event("recv")["hex"] == bytes(range(256)).hex()


def test_control_characters_are_in_the_text_but_never_raw_on_the_line(sockdesk, sockets):
    # parse_event refuses raw ones; parsed, the text has to be the payload again.
    payload = "\x00\x07\x1b[31m\r\n\x7f\u0085\u009b2J\u2028end"
    desk = sockdesk("udp", "--local", "127.0.0.1:0")
    sockets.udp().sendto(payload.encode("utf-8"), desk.opened())
    assert desk.event("recv")["text"] == payload


def test_a_payload_cannot_forge_a_line(sockdesk, sockets):
    forged = '"}\n{"time":"2026-01-01T00:00:00.000000000+00:00","session":1,"event":"close"}\n'
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "2")
    address = desk.opened()
    udp = sockets.udp()
    udp.sendto(forged.encode(), address)
    udp.sendto(b"after", address)
    events = desk.finished()
    assert [e["event"] for e in events] == ["open", "recv", "recv", "close"]
    assert events[1]["text"] == forged


def test_clients_come_and_go_with_their_address_and_reason(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0")
    address = desk.opened()
    polite, rude, staying = (sockets.connect(address) for _ in range(3))
    names = {contract.format_address(*s.getsockname()) for s in (polite, rude, staying)}
    assert {desk.event("connect")["remote"] for _ in range(3)} == names

    polite_name = contract.format_address(*polite.getsockname())
    polite.close()
    assert desk.event("disconnect")["remote"] == polite_name
    rude_name = contract.format_address(*rude.getsockname())
    reset(rude)
    assert desk.event("disconnect")["remote"] == rude_name
    desk.interrupted()
    assert [e["reason"] for e in desk.of_kind("disconnect")] == ["closed by peer", "reset by peer", "closed"]


def test_the_last_line_has_the_totals(sockdesk, sockets):
    udp = sockets.udp()
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", contract.format_address(*udp.getsockname()),
                    "--send", "abc", "--send-hex", "00 01", "--count", "3")
    address = desk.opened()
    for payload in (b"", b"12345", b"x" * 1000):
        udp.sendto(payload, address)
    close = desk.finished()[-1]
    assert close["event"] == "close"
    assert {name: close[name] for name in contract.TOTALS} == {
        "rx_packets": 3, "rx_bytes": 1005, "tx_packets": 2, "tx_bytes": 5, "dropped": 0, "discarded": 0}


def test_the_totals_of_a_stream_are_its_bytes(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo")
    client = sockets.connect(desk.opened())
    for _ in range(5):
        client.sendall(b"z" * 1000)
        got = 0
        while got < 1000:
            got += len(client.recv(1000))
    close = desk.interrupted()[-1]
    assert (close["rx_bytes"], close["tx_bytes"]) == (5000, 5000)
    assert close["rx_packets"] == len(desk.of_kind("recv"))
    assert sum(e["bytes"] for e in desk.of_kind("recv")) == sum(e["bytes"] for e in desk.of_kind("send")) == 5000


@pytest.mark.parametrize("zone, offset", [("CST-8", "+08:00"), ("NST3:30", "-03:30"), ("UTC0", "+00:00")])
def test_times_carry_the_offset_of_the_local_time(sockdesk, zone, offset):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", env={"TZ": zone})
    desk.opened()
    told = desk.events[0]["time"]
    assert told.endswith(offset)
    assert abs(contract.nanoseconds(told) - time.time_ns()) < 60e9, "the offset is written but not applied"


def test_times_never_go_back_over_a_thousand_datagrams(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "1000")
    address = desk.opened()
    udp = sockets.udp()
    for start in range(0, 1000, 50):
        for number in range(start, start + 50):
            udp.sendto(number.to_bytes(2, "big"), address)
        while len(desk.of_kind("recv")) < start + 50:
            desk.event("recv")  # check_order compares each time with the one before
    desk.finished()
    assert [int(e["hex"], 16) for e in desk.of_kind("recv")] == list(range(1000))


def test_stdout_carries_nothing_but_the_log_and_stderr_nothing_when_all_is_well(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "1")
    sockets.udp().sendto(b"x", desk.opened())
    desk.finished()
    whole = desk.out.everything()
    assert whole.endswith(b"\n")
    assert len(whole.splitlines()) == len(desk.events) == 3
    assert desk.stderr() == ""


def test_a_failed_socket_ends_with_1_and_its_error_is_on_the_log_too(sockdesk, sockets):
    host, port = sockets.refusing_tcp()
    desk = sockdesk("tcp-client", "--remote", f"{host}:{port}")
    desk.finished(status=1)
    errors = desk.of_kind("error")
    assert [e["code"] for e in errors] == ["ECONNREFUSED"]
    assert f"{host}:{port}" in errors[0]["message"]


def test_bad_usage_ends_with_2_and_nothing_on_stdout(sockdesk):
    desk = sockdesk("udp", "--no-such-option")
    assert desk.exit_status() == 2
    assert desk.out.rest() == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_with_0_and_the_close_line(sockdesk, number):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0")
    desk.opened()
    assert desk.interrupted(number)[-1]["event"] == "close"


def test_the_language_of_the_machine_changes_nothing(sockdesk, sockets):
    for locale in ("C", "zh_CN.UTF-8", "en_US.UTF-8"):
        desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "1", env={"LC_ALL": locale, "LANG": locale})
        sockets.udp().sendto("文字".encode(), desk.opened())
        events = desk.finished()
        assert [e["event"] for e in events] == ["open", "recv", "close"]
        assert events[1]["text"] == "文字"
        assert b"\xe6\x96\x87\xe5\xad\x97" in desk.out.everything(), "not written as UTF-8"


def test_a_reader_that_goes_away_ends_it_without_a_crash(sockdesk, sockets, binary, tmp_path):
    # As `sockdesk … | head -1` does: the pipe is gone, but datagrams still come.
    read_end, write_end = os.pipe()
    process = subprocess.Popen([binary, "udp", "--local", "127.0.0.1:0", "--format", "json"], stdin=subprocess.DEVNULL,
                               stdout=write_end, stderr=subprocess.PIPE)
    os.close(write_end)
    try:
        with os.fdopen(read_end, "rb") as lines:
            address = contract.parse_address(json.loads(lines.readline())["local"])
        udp = sockets.udp()
        end = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < end:
            udp.sendto(b"anybody?", address)
            time.sleep(0.01)
        assert process.poll() is not None, "it runs on, although nobody can read it"
        assert process.returncode in (0, 1, -signal.SIGPIPE)
    finally:
        process.kill()
        process.communicate()
