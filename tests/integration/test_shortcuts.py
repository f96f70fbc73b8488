"""Shortcuts in the terminal: `--shortcut`, and `sockdesk shortcuts`, which lists them."""

import csv
import json
import subprocess
import zlib

import pytest

from contract import format_address, seconds_between
from loopback import receive_exactly
from sockdesk_process import DEADLINE

LIBRARY = [
    {"name": "Hello", "payload": "hello 你好", "group": "Greetings"},
    {"name": "Bye", "payload": "bye", "group": "Greetings"},
    {"name": "Bye", "payload": "00 01", "mode": "hex", "group": "Machines", "trailer": "crc32,be"},
    {"name": "Count", "payload": "n={{counter}}\\n", "templates": True, "escapes": True},
    {"name": "Slow", "payload": "slow", "delay": "150"},
    {"name": "Twin", "payload": "1"},
    {"name": "Twin", "payload": "2"},
    {"name": "Broken", "payload": "01 0", "mode": "hex"},
    {"name": "Empty", "payload": ""},
]


def write_json(path, shortcuts):
    path.write_text(json.dumps({"sockdesk_shortcuts": 1, "shortcuts": shortcuts}))
    return path


@pytest.fixture
def library(tmp_path):
    return write_json(tmp_path / "library.json", LIBRARY)


@pytest.fixture
def receiver(sockets):
    return sockets.udp()


def start(sockdesk, receiver, library, *names, more=()):
    return sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--shortcuts", library,
                    *(part for name in names for part in ("--shortcut", name)), *more)


def test_in_their_order_as_often_as_asked(sockdesk, receiver, library):
    desk = start(sockdesk, receiver, library, "Count", "Machines/Bye", "Hello", more=["--times", "3", "--wait", "0s"])
    frame = b"\x00\x01" + zlib.crc32(b"\x00\x01").to_bytes(4, "big")
    expected = [payload for n in range(3) for payload in (b"n=%d\n" % n, frame, "hello 你好".encode())]
    assert [receiver.recv(100) for _ in expected] == expected
    desk.finished()


def test_the_encoding_is_the_sessions(sockdesk, receiver, library):
    start(sockdesk, receiver, library, "Hello", more=["--encoding", "gbk"])
    assert receiver.recv(100) == "hello 你好".encode("gbk")


def test_between_other_payloads_which_alone_have_the_checksum(sockdesk, receiver, library):
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--shortcuts", library, "--send", "first",
                    "--shortcut", "Greetings/Bye", "--send", "last", "--checksum", "fixed=0D", "--wait", "0s")
    assert [receiver.recv(100) for _ in range(3)] == [b"first\r", b"bye", b"last\r"]
    desk.finished()


def test_delays_are_between_them_and_between_rounds(sockdesk, receiver, library):
    desk = start(sockdesk, receiver, library, "Slow", "Hello", "Slow", more=["--times", "2", "--wait", "0s"])
    desk.finished()
    sent = desk.of_kind("send")
    gaps = [seconds_between(a, b) for a, b in zip(sent, sent[1:])]
    # slow, hello, slow | slow, hello, slow: after each of the slow ones
    assert [gap > 0.14 for gap in gaps] == [True, False, True, True, False], gaps


def test_each_to_its_own_target(sockdesk, sockets, tmp_path):
    one, other = sockets.udp(), sockets.udp()
    library = write_json(tmp_path / "targets.json", [
        {"name": "one", "payload": "to one", "target": format_address(*one.getsockname())},
        {"name": "other", "payload": "to other", "target": format_address(*other.getsockname())}])
    desk = sockdesk("udp", "--shortcuts", library, "--shortcut", "other", "--shortcut", "one", "--wait", "0s")
    assert one.recv(100) == b"to one" and other.recv(100) == b"to other"
    desk.finished()


def test_over_tcp(sockdesk, sockets, library):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--shortcuts", library, "--shortcut", "Hello", "--shortcut", "Count",
                    "--times", "2")
    client = sockets.connect(desk.opened())
    wanted = "".join(f"hello 你好n={n}\n" for n in range(2)).encode()
    assert receive_exactly(client, len(wanted)) == wanted


def test_a_table_and_the_starter_library(sockdesk, receiver, tmp_path, binary):
    table = tmp_path / "table.csv"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([["name", "payload", "mode"], ["a", "text, with a comma", "text"], ["b", "FF", "hex"]])
    start(sockdesk, receiver, table, "b", "a")
    assert [receiver.recv(100) for _ in range(2)] == [b"\xff", b"text, with a comma"]
    done = subprocess.run([binary, "shortcuts", "--shortcuts", "starter"], capture_output=True, timeout=DEADLINE, text=True)
    assert done.returncode == 0
    names = [line.split("\t")[0] for line in done.stdout.splitlines()]
    ntp = next(name for name in names if "NTP" in name)
    desk = start(sockdesk, receiver, "starter", ntp, more=["--wait", "0s"])
    assert len(receiver.recv(100)) == 48
    desk.finished()


def test_the_windows_own_library_is_taken_where_none_is_named(sockdesk, receiver, binary, tmp_path):
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run([binary, "shortcuts"], capture_output=True, timeout=DEADLINE, text=True, env={**env, "HOME": str(tmp_path)})
    assert done.returncode == 1 and "no shortcuts of the window yet" in done.stderr
    (tmp_path / "sockdesk").mkdir()
    write_json(tmp_path / "sockdesk" / "workspace.shortcuts.json", LIBRARY)
    desk = sockdesk("udp", "--remote", format_address(*receiver.getsockname()), "--shortcut", "Hello", env=env)
    assert receiver.recv(100) == "hello 你好".encode()
    desk.finished()


def test_they_are_listed(binary, library):
    def listed(*more):
        done = subprocess.run([binary, "shortcuts", "--shortcuts", library, *more], capture_output=True, timeout=DEADLINE)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().splitlines()

    lines = listed()
    assert len(lines) == len(LIBRARY)
    assert "Greetings/Hello\thello 你好" in lines and "Machines/Bye\t00 01" in lines
    objects = [json.loads(line) for line in listed("--json")]
    for wanted in LIBRARY:
        assert any(all(each[name] == value for name, value in wanted.items() if name in ("name", "payload", "group", "mode",
                                                                                         "trailer", "delay"))
                   for each in objects), wanted


def test_a_reader_that_has_seen_enough(binary, library):
    done = subprocess.run(["sh", "-c", '"$0" shortcuts --shortcuts "$1" | head -1', binary, library], capture_output=True,
                          timeout=DEADLINE)
    assert done.stdout.count(b"\n") == 1


@pytest.mark.parametrize("arguments, words, status", [
    (["--shortcut", "Helo"], ['"Helo"', "did you mean", "Greetings/Hello"], 2),
    (["--shortcut", "hello"], ["did you mean", "Greetings/Hello"], 2),
    (["--shortcut", "zzzzzzzz"], ["sockdesk shortcuts"], 2),
    (["--shortcut", "Bye"], ["2 have that name", "Greetings/Bye", "Machines/Bye"], 2),
    (["--shortcut", "Twin"], ["names of their own"], 2),
    (["--shortcut", "Broken"], ["Broken", "digit", "  01 0\n     ^"], 2),
    (["--shortcut", "Hello", "--gui"], ["--gui"], 2),
    (["--send", "x"], ["--shortcuts", "--shortcut NAME"], 2),
])
def test_what_cannot_be_sent_is_told(binary, peer, library, arguments, words, status):
    process = peer([binary, "udp", "--remote", "127.0.0.1:9", "--shortcuts", library, *arguments])
    assert process.exit_status() == status
    said = process.stderr()
    assert all(word in said for word in words), said


def test_what_only_udp_can_do(binary, peer, tmp_path, library):
    targeted = write_json(tmp_path / "targets.json", [{"name": "one", "payload": "x", "target": "127.0.0.1:9"}])
    for path, name, word in ((targeted, "one", "only UDP"), (library, "Empty", "no empty messages")):
        process = peer([binary, "tcp-client", "--remote", "127.0.0.1:9", "--shortcuts", path, "--shortcut", name])
        assert process.exit_status() == 2
        assert word in process.stderr()


def test_a_library_that_cannot_be_read(binary, peer, tmp_path):
    damaged = tmp_path / "damaged.json"
    damaged.write_text('{"sockdesk_shortcuts": 1, "shortcuts": [{"name": "x"}]}')
    for path, word in ((tmp_path / "none.json", "No such file"), (damaged, "payload"), (tmp_path, "directory")):
        process = peer([binary, "shortcuts", "--shortcuts", path])
        assert process.exit_status() == 1
        said = process.stderr()
        assert str(path) in said and word in said
