"""Text in other encodings, both ways, in datagrams and in streams cut at every byte. Python's codecs are the judges."""

import codecs
import re

import pytest

import contract
from contract import payload_of, texts

SAMPLES = {
    "gbk": "你好,世界!龘 abc",
    "gb2312": "网络调试助手 123",
    "gb18030": "你好𠀀😀é㐀 end",
    "big5": "網路調試,許功蓋",  # 許功蓋 have a backslash as their second byte
    "shift_jis": "ネットワーク表示ソ能ラ",  # ソ表能 too
    "euc-kr": "안녕하세요 네트워크",
    "utf-16le": "你好😀 a\nb",
    "utf-16be": "é你𠀀",
    "utf-8": "é你好😀\u200d",
    "windows-1252": "naïve – €5",
    "koi8-r": "привет",
}


def python_name(encoding: str) -> str:
    return {"windows-1252": "cp1252"}.get(encoding, encoding)


@pytest.mark.parametrize("encoding", SAMPLES)
def test_a_datagram_is_decoded(sockdesk, sockets, encoding):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--encoding", encoding)
    data = SAMPLES[encoding].encode(python_name(encoding))
    sockets.udp().sendto(data, desk.opened())
    received = desk.event("recv")
    assert payload_of(received) == data
    assert received["text"] == SAMPLES[encoding]


@pytest.mark.parametrize("encoding", SAMPLES)
def test_text_is_encoded(sockdesk, sockets, encoding):
    udp = sockets.udp()
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", contract.format_address(*udp.getsockname()),
                    "--encoding", encoding, "--send", SAMPLES[encoding], "--wait", "0s")
    assert udp.recv(1000) == SAMPLES[encoding].encode(python_name(encoding))
    desk.finished()
    assert desk.of_kind("send")[0]["text"] == SAMPLES[encoding]


@pytest.mark.parametrize("encoding", SAMPLES)
def test_a_stream_cut_at_every_byte_shows_each_character_once_with_its_last_byte(sockdesk, sockets, encoding):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--encoding", encoding)
    client = sockets.connect(desk.opened())
    decoder = codecs.getincrementaldecoder(python_name(encoding))()
    for byte in SAMPLES[encoding].encode(python_name(encoding)):
        client.sendall(bytes([byte]))
        # The next byte is sent only when this one is in the log, so that each is a read of its own.
        received = desk.event("recv")
        assert payload_of(received) == bytes([byte])
        assert received["text"] == decoder.decode(bytes([byte]))
    assert texts(desk.events) == SAMPLES[encoding]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-16le"])
def test_a_stream_cut_in_two_at_every_place_is_right_at_a_client_too(sockdesk, sockets, encoding):
    listener = sockets.listener()
    desk = sockdesk("tcp-client", "--remote", contract.format_address(*listener.getsockname()), "--encoding", encoding)
    connection = sockets.accept(listener)
    text = SAMPLES[encoding]
    data = text.encode(encoding)
    for cut in range(1, len(data)):
        connection.sendall(data[:cut])
        first = desk.event("recv")
        connection.sendall(data[cut:])
        second = desk.event("recv")
        assert first["text"] + second["text"] == text, f"cut after {cut} bytes"
        assert (payload_of(first), payload_of(second)) == (data[:cut], data[cut:])


def test_two_clients_with_half_a_character_each_do_not_mix(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--encoding", "gbk")
    address = desk.opened()
    one, two = sockets.connect(address), sockets.connect(address)
    one.sendall("你".encode("gbk")[:1])
    assert desk.event("recv")["text"] == ""
    two.sendall("好".encode("gbk")[:1])
    assert desk.event("recv")["text"] == ""
    one.sendall("你".encode("gbk")[1:])
    assert desk.event("recv")["text"] == "你"
    two.sendall("好".encode("gbk")[1:])
    assert desk.event("recv")["text"] == "好"


def test_the_directions_of_one_connection_do_not_mix(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--encoding", "gbk", "--stdin", keyboard=True)
    client = sockets.connect(desk.opened())
    desk.event("connect")
    client.sendall("你".encode("gbk")[:1])
    assert desk.event("recv")["text"] == ""
    desk.type("好")
    assert desk.event("send")["text"] == "好"
    assert client.recv(10) == "好".encode("gbk")
    client.sendall("你".encode("gbk")[1:])
    assert desk.event("recv")["text"] == "你"


def test_datagrams_are_messages_and_half_a_character_is_never_carried_over(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--encoding", "gbk")
    address = desk.opened()
    udp = sockets.udp()
    first, second = "你".encode("gbk")[:1], "你".encode("gbk")[1:]
    udp.sendto(first, address)
    udp.sendto(second, address)
    assert desk.event("recv")["text"] == rf"\x{first[0]:02X}"
    assert desk.event("recv")["text"] == rf"\x{second[0]:02X}"


@pytest.mark.parametrize("encoding, data, text", [
    ("utf-8", b"a\xff\xfeb", r"a\xFF\xFEb"),
    ("utf-8", b"\xc0\xaf", r"\xC0\xAF"),              # overlong
    ("utf-8", b"\xed\xa0\x80", r"\xED\xA0\x80"),      # a surrogate
    ("utf-8", b"\xf4\x90\x80\x80", r"\xF4\x90\x80\x80"),  # above U+10FFFF
    ("utf-8", "好".encode()[:2] + b"x", r"\xE5\xA5x"),
    ("gbk", b"\xc4", r"\xC4"),
    ("gbk", b"\xc4 x", r"\xC4 x"),
    ("gbk", b"ok\xff", r"ok\xFF"),
    ("shift_jis", b"\x83", r"\x83"),
    ("big5", b"\xa4\x40\xff", "一" + r"\xFF"),
    ("utf-16le", b"a\x00b", r"a\x62"),
    ("utf-16le", b"\x00\xd8a\x00", r"\x00\xD8a"),     # half a pair
])
def test_undecodable_bytes_are_shown_and_not_guessed(sockdesk, sockets, encoding, data, text):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--encoding", encoding)
    sockets.udp().sendto(data, desk.opened())
    received = desk.event("recv")
    assert received["text"] == text
    assert payload_of(received) == data


@pytest.mark.parametrize("encoding, data, text", [("gbk", b"\xc4\xe3\xba", r"你\xBA"), ("utf-8", b"ok\xe4\xbd", r"ok\xE4\xBD")])
def test_a_stream_that_ends_inside_a_character_shows_the_bytes_left_over(sockdesk, sockets, encoding, data, text):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--encoding", encoding)
    client = sockets.connect(desk.opened())
    client.sendall(data)
    client.close()
    desk.event("disconnect")
    desk.interrupted()
    # Which line of the stream tells it is left open: only the end shows that nothing more comes.
    assert "".join(e.get("text", "") for e in desk.events) == text
    assert b"".join(payload_of(e) for e in desk.of_kind("recv")) == data


def test_the_log_too_shows_the_bytes_left_over(sockdesk, sockets, log_of):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--encoding", "gbk", format="log")
    log = log_of(desk)
    client = sockets.connect(contract.parse_address(re.search(contract.ADDRESS, log.next().words)[0]))
    client.sendall(b"\xc4\xe3\xba")
    client.close()
    log.until(contract.OFFLINE)
    assert "".join(str(e) for e in log.entries if e.payload is not None).count("你") == 1
    assert sum(r"\xBA" in (e.payload or "") + e.words for e in log.entries) == 1


def test_echo_returns_the_bytes_and_not_a_translation_of_them(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--encoding", "gbk", "--echo")
    udp = sockets.udp()
    data = b"\xc4\xe3\xff\x80\xba"
    udp.sendto(data, desk.opened())
    assert udp.recv(100) == data


@pytest.mark.parametrize("name", ["GBK", "gb-18030", "GB18030", "cp936", "Big5", "Shift_JIS", "UTF-8", "utf8", "latin1"])
def test_names_are_known_as_icu_knows_them(sockdesk, name):
    sockdesk("udp", "--local", "127.0.0.1:0", "--encoding", name).opened()


@pytest.mark.parametrize("wrong, near", [("gkb", "gbk"), ("gb18303", "gb18030"), ("shiftjs", "shift_jis"), ("utf-61le", "utf-16le")])
def test_an_unknown_encoding_is_refused_with_near_names(sockdesk, wrong, near):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--encoding", wrong)
    assert desk.exit_status() == 2
    message = desk.stderr()
    assert wrong in message
    assert near in message.lower().replace(wrong, "")
    assert desk.out.rest() == b""


@pytest.mark.parametrize("encoding, text, culprit", [("gbk", "ok 😀", "😀"), ("shift_jis", "日本你", "你"), ("latin1", "é€", "€")])
def test_a_character_that_the_encoding_lacks_is_refused_and_nothing_is_sent(sockdesk, sockets, encoding, text, culprit):
    udp = sockets.udp()
    desk = sockdesk("udp", "--remote", contract.format_address(*udp.getsockname()), "--encoding", encoding, "--send", text)
    assert desk.exit_status() == 2
    message = desk.stderr()
    assert encoding in message or "8859" in message
    assert culprit in message or f"{ord(culprit):X}" in message.upper(), "the character is not named"
    assert desk.out.rest() == b""
