"""What bad input gets: one clear line on stderr that says what was attempted, where, why, and what to do; and a status."""

import os
import sys
from pathlib import Path

import pytest

from contract import format_address, parse_address
from loopback import receive_exactly
from sockdesk_process import Namespace, NamespacesUnavailable, spare_port


def refused(desk, status: int) -> str:
    """The one line of a run that failed with that status."""
    desk.finished(status)
    lines = desk.stderr().splitlines()
    assert len(lines) == 1, f"not one line:\n{desk.stderr()}"
    return lines[0]


def refused_usage(desk) -> str:
    """The one line of a run that could not even begin."""
    line = refused(desk, 2)
    assert desk.events == [], "bad usage opens nothing"
    return line


@pytest.mark.parametrize("args, culprit", [
    (["udp", "--no-such-option"], "--no-such-option"),
    (["upd", "--local", ":0"], "upd"),
    (["udp", "stray"], "stray"),
    (["udp", "--local"], "--local"),
    (["udp", "--local", "127.0.0.1:70000"], "70000"),
    (["udp", "--local", "127.0.0.1:65536"], "65536"),
    (["udp", "--local", "127.0.0.1:-1"], "-1"),
    (["udp", "--local", "127.0.0.1:http!"], "http!"),
    (["udp", "--local", "[::1:0"], "[::1:0"),
    (["udp", "--remote", "127.0.0.1:99999", "--send", "x"], "99999"),
    (["udp", "--remote", "127.0.0.1:9", "--send", "x", "--every", "5parsecs"], "5parsecs"),
    (["udp", "--remote", "127.0.0.1:9", "--send", "x", "--times", "-1"], "-1"),
    (["udp", "--local", ":0", "--count", "many"], "many"),
    (["udp", "--local", ":0", "--for", "-5s"], "-5s"),
    (["udp", "--local", ":0", "--view", "octal"], "octal"),
    (["tcp-client", "--remote", "127.0.0.1:9", "--send-queue", "lots"], "lots"),
    (["udp", "--send", "x"], "--remote"),
    (["tcp-client"], "--remote"),
    (["tcp-server"], "--local"),
])
def test_bad_usage_is_named_and_ends_with_2(sockdesk, args, culprit):
    assert culprit in refused_usage(sockdesk(*args))


def test_an_unknown_format_is_refused_with_those_there_are(sockdesk):
    line = refused_usage(sockdesk("udp", "--local", ":0", format="yaml"))
    for name in ("yaml", "log", "json", "raw"):
        assert name in line


def test_a_port_out_of_range_names_the_range(sockdesk):
    assert "65535" in refused_usage(sockdesk("udp", "--local", "127.0.0.1:70000"))


@pytest.mark.parametrize("text, culprit", [("4", "4"), ("48 6", "6"), ("48 6x", "x"), ("zz", "z"), ("48 65 你", "你"), ("0x", "0x")])
def test_odd_and_foreign_hex_is_named(sockdesk, sockets, text, culprit):
    remote = format_address(*sockets.udp().getsockname())
    desk = sockdesk("udp", "--remote", remote, "--send-hex", text)
    desk.finished(2)
    assert desk.events == [], "bad usage opens nothing"
    line, shown, mark = desk.stderr().splitlines()
    assert "--send-hex" in line
    assert culprit in line.replace("--send-hex", "")
    # Every character before the one that is wrong takes one column here.
    assert shown == f"  {text}" and mark.strip() == "^"
    assert shown[mark.index("^"):].startswith(culprit)


def test_an_address_that_is_none_of_this_machines_is_refused(sockdesk):
    for protocol in ("udp", "tcp-server"):
        line = refused(sockdesk(protocol, "--local", "203.0.113.77:0"), 1)
        assert "203.0.113.77" in line
        assert "this machine" in line
        assert "127.0.0.1" in line or "0.0.0.0" in line, "no address that would do is offered"


def test_a_name_that_does_not_resolve_is_refused(sockdesk):
    quickly = {"RES_OPTIONS": "timeout:1 attempts:1"}
    for args in (["tcp-client", "--remote", "no-such-host.invalid:80"],
                 ["udp", "--local", "127.0.0.1:0", "--remote", "no-such-host.invalid:80", "--send", "x"],
                 ["udp", "--local", "no-such-host.invalid:0"]):
        assert "no-such-host.invalid" in refused(sockdesk(*args, env=quickly), 1)


@pytest.fixture
def holder(peer):
    """Another process that holds a port; (port, its pid)."""

    def start(kind: str) -> tuple[int, int]:
        program = ("import socket, sys; s = socket.socket(socket.AF_INET, socket." + kind + "); s.bind(('127.0.0.1', 0));"
                   "s.type == socket.SOCK_STREAM and s.listen(); print(s.getsockname()[1]); sys.stdin.read()")
        process = peer([sys.executable, "-u", "-c", program], keyboard=True)
        return int(process.line()), process.pid

    return start


@pytest.mark.parametrize("protocol, kind", [("udp", "SOCK_DGRAM"), ("tcp-server", "SOCK_STREAM")])
def test_a_port_in_use_names_the_process_that_holds_it(sockdesk, holder, protocol, kind):
    port, pid = holder(kind)
    desk = sockdesk(protocol, "--local", f"127.0.0.1:{port}")
    line = refused(desk, 1)
    assert f"127.0.0.1:{port}" in line
    assert "in use" in line
    assert str(pid) in line
    assert Path(f"/proc/{pid}/comm").read_text().strip() in line
    assert [e["code"] for e in desk.of_kind("error")] == ["EADDRINUSE"]


@pytest.mark.parametrize("protocol", ["udp", "tcp-server"])
def test_another_desk_that_holds_the_port_is_named_too(sockdesk, protocol):
    first = sockdesk(protocol, "--local", "127.0.0.1:0")
    _, port = first.opened()
    line = refused(sockdesk(protocol, "--local", f"127.0.0.1:{port}"), 1)
    assert "sockdesk" in line and str(first.pid) in line


def test_a_port_below_1024_without_the_right_says_which_right(sockdesk, peer):
    # Where the machine lets everybody have low ports, or the tester is root, the right is taken away first.
    prefix: list[str] = []
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 1:
        try:
            prefix += Namespace(peer).prefix
        except NamespacesUnavailable as reason:
            pytest.skip(f"every port is free for all on this machine, and no network namespaces here: {reason}")
    if os.geteuid() == 0 or prefix:
        prefix += ["setpriv", "--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service"]
    for protocol in ("udp", "tcp-server"):
        desk = sockdesk(protocol, "--local", "127.0.0.1:1", prefix=prefix)
        line = refused(desk, 1)
        assert "127.0.0.1:1" in line
        assert "1024" in line or "1023" in line
        assert [e["code"] for e in desk.of_kind("error")] == ["EACCES"]


@pytest.mark.parametrize("where", ["missing/folder.pcapng", "."])
def test_a_save_file_that_cannot_be_written_is_refused_before_anything_is_received(sockdesk, tmp_path, where):
    path = tmp_path / where
    line = refused(sockdesk("udp", "--local", "127.0.0.1:0", "--save", path), 1)
    assert str(path) in line or where in line


def test_a_full_disk_is_reported(sockdesk, sockets):
    # /dev/full refuses every write with ENOSPC (full(4)).
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--save", "/dev/full", "--count", "1")
    event = desk.next_event()
    if event is not None and event["event"] == "open":
        sockets.udp().sendto(b"x", parse_address(event["local"]))
    line = refused(desk, 1)
    assert "/dev/full" in line


def test_a_missing_file_to_send_is_named(sockdesk, sockets, tmp_path):
    remote = format_address(*sockets.udp().getsockname())
    path = tmp_path / "not there.bin"
    line = refused(sockdesk("udp", "--remote", remote, "--send-file", path), 1)
    assert "not there.bin" in line
    assert "No such file" in line or "not exist" in line or "not found" in line


def test_a_folder_to_send_is_refused(sockdesk, sockets, tmp_path):
    remote = format_address(*sockets.udp().getsockname())
    assert str(tmp_path) in refused(sockdesk("udp", "--remote", remote, "--send-file", tmp_path), 1)


def test_addresses_of_two_families_do_not_fit_and_say_so(sockdesk):
    desk = sockdesk("tcp-client", "--local", "127.0.0.1:0", "--remote", f"[::1]:{spare_port()}")
    status = desk.exit_status()
    assert status in (1, 2)
    assert len(desk.stderr().splitlines()) == 1


def test_a_datagram_to_nowhere_is_an_error_of_the_send(sockdesk, peer):
    try:
        empty = Namespace(peer)  # has a loopback interface and no route to anywhere else
    except NamespacesUnavailable as reason:
        pytest.skip(f"no network namespaces here: {reason}")
    desk = sockdesk("udp", "--remote", "198.51.100.1:9", "--send", "x", prefix=empty.prefix)
    line = refused(desk, 1)
    assert "198.51.100.1:9" in line and "unreachable" in line
    assert [e["code"] for e in desk.of_kind("error")] == ["ENETUNREACH"]


def test_without_a_display_the_terminal_subcommands_are_named(sockdesk):
    desk = sockdesk(format=None, env={"DISPLAY": None, "WAYLAND_DISPLAY": None})
    assert desk.exit_status() == 1
    lines = desk.stderr().splitlines()
    assert len(lines) == 1
    for name in ("udp", "tcp-server", "tcp-client"):
        assert name in lines[0]
    assert desk.out.rest() == b""


def test_a_wrong_line_typed_does_not_end_the_session(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--stdin", "--escapes", keyboard=True)
    client = sockets.connect(desk.opened())
    desk.event("connect")
    desk.type(r"wrong \q escape")
    assert r"\q" in desk.err.line().decode()
    desk.type("right")
    assert receive_exactly(client, 5) == b"right"


@pytest.mark.parametrize("content, kind", [
    ('{"sockdesk_shortcuts": 1, "shortcuts": []}\n', "library of shortcuts"),
    ('{"entries": [], "sockdesk_history": 1}\n', "history"),
])
def test_what_is_no_workspace_is_left_alone(sockdesk, tmp_path, content, kind):
    path = tmp_path / "kept.json"
    path.write_text(content)
    line = refused_usage(sockdesk(str(path), format=None))
    assert str(path) in line and kind in line and "not a workspace" in line
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("kept")] == ["kept.json"]
    assert path.read_text() == content
