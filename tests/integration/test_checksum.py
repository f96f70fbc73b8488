"""`--checksum`: what is appended to each payload, against Python's own checksums and frames that devices understand."""

import binascii
import functools
import operator
import random
import zlib

import pytest

from contract import format_address, payload_of
from loopback import receive_all, receive_exactly

PAYLOADS = [b"123456789", b"\x01\x03\x00\x00\x00\x0a", b"\x00", b"\xff" * 300, random.Random(4).randbytes(1400)]


@pytest.fixture
def udp_peer(sockets):
    udp = sockets.udp()
    return udp, format_address(*udp.getsockname())


def as_options(payloads):
    return [option for payload in payloads for option in ("--send-hex", payload.hex())]


def big(value: int, size: int) -> bytes:
    return (value % (1 << 8 * size)).to_bytes(size, "big")


def little(value: int, size: int) -> bytes:
    return big(value, size)[::-1]


@pytest.mark.parametrize("spec, expected", [
    ("crc32", lambda p: little(zlib.crc32(p), 4)),
    ("crc32,be", lambda p: big(zlib.crc32(p), 4)),
    ("adler32", lambda p: big(zlib.adler32(p), 4)),
    ("crc16-xmodem", lambda p: big(binascii.crc_hqx(p, 0), 2)),
    ("crc16-ccitt-false", lambda p: big(binascii.crc_hqx(p, 0xFFFF), 2)),
    ("crc:width=16,poly=0x1021,init=0x1D0F,le", lambda p: little(binascii.crc_hqx(p, 0x1D0F), 2)),
    ("crc:width=32,poly=0x04C11DB7,init=0xFFFFFFFF,refin,refout,xorout=0xFFFFFFFF,from=1",
     lambda p: little(zlib.crc32(p[1:]), 4)),
    ("sum", lambda p: big(sum(p), 1)),
    ("sum,bytes=4,le,to=-1", lambda p: little(sum(p[:-1]), 4)),
    ("sum-negated,bytes=2", lambda p: big(-sum(p), 2)),
    ("lrc", lambda p: big(-sum(p), 1)),
    ("xor,from=-5,to=-2", lambda p: bytes([functools.reduce(operator.xor, p[-5:-2], 0)])),
    ("fixed=0D 0A", lambda p: b"\r\n"),
    ("fixed", lambda p: b"\r"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_each_payload_gets_what_python_computes(sockdesk, udp_peer, spec, expected):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, *as_options(PAYLOADS), "--checksum", spec, "--wait", "0s")
    sent = [payload + expected(payload) for payload in PAYLOADS]
    assert [udp.recv(2000) for _ in PAYLOADS] == sent
    desk.finished()
    assert [payload_of(event) for event in desk.of_kind("send")] == sent, "the log shows what went out"


def test_text_files_and_lines_of_input_get_it_too(sockdesk, udp_peer, tmp_path):
    udp, remote = udp_peer
    path = tmp_path / "payload.bin"
    path.write_bytes(b"from a file")
    desk = sockdesk("udp", "--remote", remote, "--send", "你好", "--send-file", path, "--encoding", "gbk", "--stdin",
                    "--checksum", "crc32", "--wait", "0s", keyboard=True)

    def with_crc(payload):
        return payload + little(zlib.crc32(payload), 4)

    assert udp.recv(100) == with_crc("你好".encode("gbk"))
    assert udp.recv(100) == with_crc(b"from a file")
    desk.type("线路", "")
    assert udp.recv(100) == with_crc("线路".encode("gbk"))
    assert udp.recv(100) == with_crc(b""), "an empty line is an empty datagram, and its checksum"
    desk.end_input()
    desk.finished()


def test_each_round_has_it_once(sockdesk, udp_peer):
    udp, remote = udp_peer
    sockdesk("udp", "--remote", remote, "--send", "ab", "--times", "3", "--checksum", "sum", "--wait", "0s")
    assert [udp.recv(100) for _ in range(3)] == [b"ab\xc3"] * 3


def test_a_modbus_request_to_a_server_and_to_clients(sockdesk, sockets):
    request = bytes.fromhex("01 03 00 00 00 0A C5 CD")
    server = sockets.listener()
    sockdesk("tcp-client", "--remote", format_address(*server.getsockname()), "--send-hex", "01 03 00 00 00 0A",
             "--checksum", "crc16-modbus", "--wait", "0s")
    connection = sockets.accept(server)
    assert receive_all(connection) == request

    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--send-hex", "01 03 00 00 00 0A", "--checksum", "crc16-modbus")
    address = desk.opened()
    for _ in range(2):
        assert receive_exactly(sockets.connect(address), len(request)) == request


@pytest.mark.parametrize("spec, column, reason", [
    ("crc16", 0, "crc16-modbus, crc16-arc"),
    ("crc16-modbus,bites=2", 13, "bites"),
    ("sum,bytes=9", 10, "1 to 8"),
    ("crc:width=65,poly=3", 10, "1 to 64"),
    ("crc:width=16,poly=0x18005", 18, "0x8005"),
    ("fixed=0D0", 8, "second"),
    ("crc32\x1b[2J", 0, r"\x1B[2J"),
])
def test_a_bad_spec_is_bad_usage_and_marked(sockdesk, udp_peer, spec, column, reason):
    udp, remote = udp_peer
    desk = sockdesk("udp", "--remote", remote, "--send", "x", "--checksum", spec)
    assert desk.exit_status() == 2
    lines = desk.stderr().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("sockdesk udp: --checksum: ") and reason in lines[0]
    assert lines[2] == "  " + " " * column + "^"
    assert desk.out.rest() == b""
    udp.setblocking(False)
    with pytest.raises(BlockingIOError):
        udp.recv(1)
