"""The payload language, in `sockdesk encode` and in what is sent, against what Python makes of the same."""

from __future__ import annotations

import ast
import datetime
import json
import os
import random
import socket
import struct
import subprocess
import time
import uuid

import pytest

from sockdesk_process import DEADLINE


@pytest.fixture
def encode(binary):
    """The bytes that `sockdesk encode` prints."""

    def run(*args: str) -> bytes:
        done = subprocess.run([binary, "encode", *args], capture_output=True, timeout=DEADLINE)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stderr == b""
        return done.stdout

    return run


@pytest.fixture
def refused(binary):
    """The lines on stderr of a payload that is refused."""

    def run(*args: str, status: int = 2) -> list[str]:
        done = subprocess.run([binary, "encode", *args], capture_output=True, timeout=DEADLINE)
        assert done.returncode == status, done
        assert done.stdout == b"", "nothing is printed of a payload that is refused"
        return done.stderr.decode().splitlines()

    return run


RANGES = {"b": 8, "h": 16, "i": 32, "l": 32, "q": 64}


def random_record(rng: random.Random) -> tuple[str, list[object]]:
    """A format of `struct`, and values for it."""
    order = rng.choice("@=<>!") if rng.random() < 0.9 else ""
    native = order in ("", "@")
    format_, values = order, []
    for _ in range(rng.randint(1, 8)):
        code = rng.choice("xcbBhHiIlLqQ?sfdepnN" if native else "xcbBhHiIlLqQ?sfdep")
        count = rng.choice([None, None, 1, 2, 3, 7])
        format_ += ("" if count is None else str(count)) + code
        if code in "sp":
            values.append(bytes(rng.randrange(256) for _ in range(rng.randint(0, 9))))
            continue
        for _ in range(1 if count is None else count):
            if code == "x":
                continue
            if code == "c":
                values.append(bytes([rng.randrange(256)]))
            elif code == "?":
                values.append(rng.random() < 0.5)
            elif code in "fde":
                values.append(rng.choice([0.0, -0.0, 1.5, -3.25, rng.uniform(-60000, 60000), float("inf"), 7, 1e-5]))
            else:
                bits = struct.calcsize(order + code) * 8
                low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if code in "bhilqn" else (0, (1 << bits) - 1)
                values.append(rng.choice([low, high, 0, rng.randint(low, high)]))
    return format_, values


def written(value: object, rng: random.Random) -> str:
    """As Python writes it, or in hex."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0 and rng.random() < 0.3:
        return hex(value)
    return repr(value)


def test_pack_is_pythons_pack(encode):
    rng = random.Random(20260101)
    for _ in range(60):
        records = [random_record(rng) for _ in range(5)]
        payload = "".join("{{pack:" + ",".join([format_, *(written(v, rng) for v in values)]) + "}}"
                          for format_, values in records)
        wanted = b"".join(struct.pack(format_, *values) for format_, values in records)
        assert encode(payload) == wanted, payload


def test_the_documents_request(encode):
    assert encode('{{pack:!H8sb,1,"test.jpg",2}}') == struct.pack("!H8sb", 1, b"test.jpg", 2)


def test_quoted_bytes_are_pythons_bytes(encode, refused):
    rng = random.Random(20260102)
    pieces = ["\\\n", "\\\\", "\\'", '\\"', "\\a", "\\b", "\\f", "\\n", "\\r", "\\t", "\\v", "\\0", "\\08", "\\1", "\\12", "\\012",
              "\\0123", "\\377", "\\x00", "\\xfF", "a", "7", " ", ",", "}}"]
    for _ in range(40):
        body = "".join(rng.choice(pieces) for _ in range(rng.randint(1, 12)))
        wanted = ast.literal_eval(f"b'{body}'")
        assert encode("{{pack:%ds,'%s'}}" % (len(wanted), body)) == wanted, body
        assert encode('{{pack:%ds,"%s"}}' % (len(wanted), body)) == wanted, body
    for body in ["\\q", "\\8", "\\400", "\\777", "\\x1", "\\xg0", "\\N{DIGIT ONE}"]:  # warned about, or an error
        assert any("^" in line for line in refused("{{pack:9s,'%s'}}" % body)), body


def test_numbers_are_pythons_numbers(encode):
    for text in ["-0x1E", "+0x1e", "-0b11", "0o17", "-1_0", "100"]:
        assert encode("{{pack:b,%s}}" % text) == struct.pack("b", ast.literal_eval(text)), text
    for text in ["1_000.5", "1e-400", "-1e-400", "5e-324", "1e308", "-.5", "1.", "+1_0e-1_0", "0.1"]:
        assert encode("{{pack:!d,%s}}" % text) == struct.pack("!d", ast.literal_eval(text)), text


def test_text_of_values_is_in_the_encoding(encode):
    assert encode('{{pack:!6s,"网络"}}') == "网络".encode()
    assert encode('{{pack:!4s,"网络"}}', "--encoding", "gbk") == "网络".encode("gbk")
    assert encode("a{{text:shift_jis,日本}}{{hex:00 ff}}") == b"a" + "日本".encode("shift_jis") + b"\x00\xff"


def test_times_are_the_clock(encode):
    before = time.time_ns()
    made = encode("{{time:unix}} {{time:ms}} {{time:us}} {{time:ns}} {{time}}").decode()
    packed = encode("--hex", "{{time:unix,!I}} {{time:ms,<Q}}")
    after = time.time_ns()
    unix, ms, us, ns, iso = made.split()
    assert before <= int(ns) <= after
    assert (int(unix), int(ms), int(us)) == (int(ns) // 10**9, int(ns) // 10**6, int(ns) // 10**3)
    moment = datetime.datetime.fromisoformat(iso)
    assert moment.utcoffset() == datetime.datetime.fromtimestamp(moment.timestamp()).astimezone().utcoffset()
    assert round(moment.timestamp() * 1000) == int(ms)
    seconds, milliseconds = struct.unpack("!I", packed[:4])[0], struct.unpack("<Q", packed[4:])[0]
    assert before // 10**9 <= seconds <= after // 10**9
    assert before // 10**6 <= milliseconds <= after // 10**6


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/St_Johns", "UTC"])
def test_iso_times_are_of_the_zone(binary, zone):
    done = subprocess.run(["env", f"TZ={zone}", binary, "encode", "{{time}}"], capture_output=True, timeout=DEADLINE)
    wanted = subprocess.run(["env", f"TZ={zone}", "date", "+%:z"], capture_output=True, timeout=DEADLINE)
    assert done.stdout.decode().endswith(wanted.stdout.decode().strip()), done.stdout
    assert len(done.stdout) == len("2026-11-21T10:00:00.123+08:00")


def test_uuids_are_random_ones(encode):
    texts = encode("{{uuid}}\n" * 50).decode().split()
    assert len(set(texts)) == 50
    for text in texts:
        made = uuid.UUID(text)
        assert str(made) == text
        assert made.version == 4 and made.variant == uuid.RFC_4122


def test_random_numbers_stay_in_their_range(encode):
    numbers = [int(n) for n in encode("{{random:-5..5}} " * 400).split()]
    assert set(numbers) == set(range(-5, 6))
    assert len(encode("{{random:1000}}")) == 1000
    assert encode("{{random:16}}") != encode("{{random:16}}")


def test_lengths_fit_what_they_measure(encode):
    request = encode("POST / HTTP/1.1\\r\\nContent-Length: {{len:body}}\\r\\n\\r\\n"
                     "{{part:body}}{\"id\":\"{{uuid}}\",\"at\":{{time:us}}}{{/part}}", "--escapes")
    head, body = request.split(b"\r\n\r\n")
    assert head.endswith(b"Content-Length: %d" % len(body))
    assert set(json.loads(body)) == {"id", "at"}
    frame = encode("--hex", "0001 0000 {{len:rest,!H}} 01 03 0000 000A")
    assert struct.unpack("!HHH", frame[:6]) == (1, 0, len(frame) - 6)


def test_files_are_put_in(encode, refused, all_bytes_file, tmp_path):
    assert encode("<{{file:" + str(all_bytes_file) + "}}>") == b"<" + bytes(range(256)) + b">"
    missing = tmp_path / "none"
    (line,) = refused("{{file:" + str(missing) + "}}", status=1)
    assert str(missing) in line and "No such file" in line


def test_a_pipe_is_no_file(refused, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "not an ordinary file" in "\n".join(refused("{{file:%s}}" % (tmp_path / "pipe"), status=1))


def test_formats_and_checksums(encode):
    assert encode("{{counter:10,!H}}", "--format", "hex") == b"00 0A\n"
    assert encode("123456789", "--checksum", "crc16-modbus") == b"123456789" + bytes.fromhex("374B")
    assert encode("--", "--hex") == b"--hex"


def test_on_a_terminal_it_is_hex(binary):
    done = subprocess.run(["script", "-qec", f"{binary} encode 'a{{{{hex:00 1b}}}}'", "/dev/null"],
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=DEADLINE)
    assert done.stdout.split() == [b"61", b"00", b"1B"], done


@pytest.mark.parametrize("args, position, words", [
    (["ab{{conter}}"], 4, "counter"),
    (["ab{{counter"], 2, "not closed"),
    (["{{pack:!BB,1,256}}"], 13, "256"),
    (["{{random:6..1}}"], 9, "upside down"),
    (["{{random:99999999999}}"], 9, "67108864"),
    (["{{len:body}}"], 6, "no part"),
    (["{{len:all}}"], 0, "width"),
    (["{{part:a}}x"], 0, "{{/part}}"),
    (["{{match}}"], 0, "rule"),
    (["网络{{text:gbk,😀}}"], 15, "gb18030"),  # columns: those of Chinese characters are two wide
    (["--hex", "01 0{{counter}}"], 3, "second"),
    (["--escapes", "a\\q"], 1, "escape"),
])
def test_a_fault_is_marked_in_its_place(refused, args, position, words):
    line, text, caret = refused(*args)
    assert line.startswith("sockdesk encode: ") and words in line
    assert caret == " " * (2 + position) + "^", f"{text}\n{caret}"


def test_encode_needs_one_payload(refused):
    assert "PAYLOAD" in refused()[0]
    assert "'b'" in refused("a", "b")[0]
    assert "--hex" in refused("a", "--hx")[0]


def test_a_template_is_made_at_each_send(sockdesk, sockets):
    receiver = sockets.udp()
    port = receiver.getsockname()[1]
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", f"127.0.0.1:{port}", "--template", "--send",
                    "{{counter:7,step=3}} {{session.local_port}} {{session.remote_address}}:{{session.remote_port}} "
                    "{{time:ns}}", "--send-hex", "01 {{counter,!I}}", "--every", "1ms", "--times", "20")
    began = time.time_ns()
    moments = []
    for round_ in range(20):
        text, sender = receiver.recvfrom(2048)
        count, own, whom, at = text.decode().split()
        assert int(count) == 7 + 3 * round_
        assert int(own) == sender[1]
        assert whom == f"127.0.0.1:{port}"
        moments.append(int(at))
        assert receiver.recv(2048) == b"\x01" + struct.pack("!I", round_)
    assert moments == sorted(set(moments)), "each was made at a moment of its own"
    assert moments[0] > began - 60 * 10**9
    desk.finished()


def test_the_first_datagram_of_an_unbound_socket_knows_its_port(sockdesk, sockets):
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", "127.0.0.1:%d" % receiver.getsockname()[1], "--template", "--send",
                    "{{session.local_address}}:{{session.local_port}}", "--every", "1ms", "--times", "3")
    for _ in range(3):
        text, sender = receiver.recvfrom(2048)
        assert text.decode() == "%s:%d" % sender
    desk.finished()


def test_the_log_has_what_went_out(sockdesk, sockets):
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", "127.0.0.1:%d" % receiver.getsockname()[1], "--template", "--send",
                    "{{uuid}}{{random:9}}", "--every", "0", "--times", "50", "--checksum", "crc32")
    received = [receiver.recv(2048) for _ in range(50)]
    desk.finished()
    assert [bytes.fromhex(event["hex"]) for event in desk.of_kind("send")] == received
    assert len(set(received)) == 50
    import zlib
    for datagram in received:
        assert zlib.crc32(datagram[:-4]) in (int.from_bytes(datagram[-4:], "big"), int.from_bytes(datagram[-4:], "little"))


def test_lines_of_standard_input_are_templates(sockdesk, sockets):
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", "127.0.0.1:%d" % receiver.getsockname()[1], "--template", "--stdin", keyboard=True)
    desk.type("a{{counter}}", "{{conter}}", "b{{counter}}", "{{pack:!H,258}}")
    desk.end_input()
    assert [receiver.recv(2048) for _ in range(3)] == [b"a0", b"b1", b"\x01\x02"]
    desk.finished(1)
    assert "line 2 not sent" in desk.stderr() and "conter" in desk.stderr()


def test_without_the_option_braces_are_text(sockdesk, sockets):
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", "127.0.0.1:%d" % receiver.getsockname()[1], "--send", "{{counter}}")
    assert receiver.recv(2048) == b"{{counter}}"
    desk.finished()


def test_each_client_of_a_server_is_greeted_anew(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--template", "--send", "you are port {{session.remote_port,width=5}}\n")
    address = desk.opened()
    for _ in range(3):
        client = sockets.connect(address)
        wanted = b"you are port %05d\n" % client.getsockname()[1]
        got = b""
        while len(got) < len(wanted):
            some = client.recv(len(wanted) - len(got))
            assert some, got
            got += some
        assert got == wanted


def test_a_faulty_template_sends_nothing(sockdesk, sockets):
    receiver = sockets.udp()
    desk = sockdesk("udp", "--remote", "127.0.0.1:%d" % receiver.getsockname()[1], "--template", "--send", "fine", "--send",
                    "ab{{conter}}")
    desk.finished(2)
    line, text, caret = desk.stderr().splitlines()
    assert "--send" in line and "conter" in line
    assert text == "  ab{{conter}}" and caret == "      ^"
    receiver.settimeout(0.1)
    with pytest.raises(socket.timeout):
        receiver.recv(2048)
