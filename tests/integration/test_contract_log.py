"""`--format log` and `--format raw`: the lines as NetAssist's users know them, and the bytes as they are.

contract.LogReader refuses every line that is not an entry's head, a payload or the blank line after it, and every raw
control character; here is what takes more than one look at a line.
"""

import re
import signal
from datetime import datetime, timedelta, timezone

import pytest

import contract
from contract import LogReader, upper_hex
from sockdesk_process import spare_port


def opened(log: LogReader) -> tuple[str, int]:
    """The address in the first entry, which must be `Bound to …`."""
    entry = log.next()
    match = contract.BOUND.fullmatch(entry.words)
    assert match, f"the first entry is {entry}"
    return contract.parse_address(match["local"])


def test_the_first_line_tells_the_port_that_the_system_chose(sockdesk, log_of):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", format="log")
    entry = log_of(desk).next()  # read before anything is sent: it must have been flushed at once
    assert entry.words == f"Bound to 127.0.0.1:{desk.bound_port('udp')} (port chosen by the system)"


def test_a_port_that_the_user_chose_is_told_without_the_remark(sockdesk, log_of):
    port = spare_port()
    desk = sockdesk("tcp-server", "--local", f":{port}", format="log")
    entry = log_of(desk).next()
    assert f"0.0.0.0:{port}" in entry.words
    assert "chosen by the system" not in entry.words


def test_log_is_the_format_unless_told_otherwise(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "1", format=None)
    log = LogReader(desk.out.line)
    udp = sockets.udp()
    udp.sendto(b"hello", opened(log))
    entry = log.next()
    assert entry.words == f"RECV ASCII FROM 127.0.0.1 :{udp.getsockname()[1]}>"
    assert entry.payload == "hello"


def test_the_bytes_of_an_entry_are_exactly_those_of_the_contract(sockdesk, sockets):
    udp = sockets.udp()
    port = udp.getsockname()[1]
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", f"127.0.0.1:{port}", "--send", "Hello", "--view", "hex",
                    "--wait", "0s", format="log")
    assert udp.recv(10) == b"Hello"
    assert desk.exit_status() == 0
    whole = desk.out.rest().decode()
    stamp = r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\]# "
    assert re.search(rf"(?m)^{stamp}SEND HEX TO 127\.0\.0\.1 :{port}>\n48 65 6C 6C 6F \n\n", whole)


def test_sent_and_received_text_stand_in_the_order_of_the_sockets(sockdesk, script, log_of):
    server = script("udp_upper_server.py")
    port = int(server.expect(r"^bound (\d+)$")[1])
    desk = sockdesk("udp", "--remote", f"127.0.0.1:{port}", "--send", "question", "--count", "1", format="log")
    payloads = [(e.words, e.payload) for e in log_of(desk).all() if e.payload is not None]
    assert payloads == [
        (f"SEND ASCII TO 127.0.0.1 :{port}>", "question"),
        (f"RECV ASCII FROM 127.0.0.1 :{port}>", "QUESTION"),
    ]


def test_hex_view_shows_every_byte_in_capitals_with_a_space_after_it(sockdesk, sockets, log_of):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--view", "hex", format="log")
    log = log_of(desk)
    udp = sockets.udp()
    address = opened(log)
    udp.sendto(bytes(range(256)), address)
    entry = log.next()
    assert entry.words == f"RECV HEX FROM 127.0.0.1 :{udp.getsockname()[1]}>"
    assert entry.payload == upper_hex(bytes(range(256)))


def test_both_views_show_text_and_hex_of_every_payload(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--view", "both", "--count", "2", format="log")
    address = contract.parse_address(re.search(r"Bound to (\S+)", desk.line())[1])
    udp = sockets.udp()
    udp.sendto("Hello 你好".encode(), address)
    udp.sendto(b"\n", address)
    assert desk.exit_status() == 0
    whole = desk.out.rest()
    assert contract.RAW_CONTROL.search(whole.replace(b"\n", b"")) is None
    first, second = re.split(r"(?m)^\[.*\]# RECV .*>$", whole.decode())[1:]
    for entry, data in ((first, "Hello 你好".encode()), (second, b"\n")):
        assert upper_hex(data).strip() in entry
        assert "\n\n" in entry, "no blank line after the payload"
    assert "Hello 你好" in first


def test_an_empty_datagram_is_an_entry_with_an_empty_line(sockdesk, sockets, log_of):
    for view in ("text", "hex"):
        desk = sockdesk("udp", "--local", "127.0.0.1:0", "--view", view, format="log")
        log = log_of(desk)
        address = opened(log)
        udp = sockets.udp()
        udp.sendto(b"", address)
        udp.sendto(b"1", address)
        entry = log.next()
        assert contract.RECEIVED.fullmatch(entry.words)
        assert entry.payload == ""
        assert log.next().payload == ("1" if view == "text" else "31 ")


# What a hostile or merely binary peer may send, and what of it a terminal must be spared.
NASTY = {
    "colours and cursor": (b"\x1b[31mred\x1b[2J\x1b[H", r"\x1B[31mred\x1B[2J\x1B[H"),
    "window title": (b"\x1b]0;title\x07", r"\x1B]0;title\x07"),
    "a NUL": (b"a\x00b", r"a\x00b"),
    "backspace over what was shown": (b"safe\x08\x08\x08\x08evil", r"safe\x08\x08\x08\x08evil"),
    "carriage return": (b"shown\rhidden", r"shown\x0Dhidden"),
    "DEL": (b"a\x7fb", r"a\x7Fb"),
    "tabs and line feeds": (b"a\tb\nc", r"a\x09b\x0Ac"),
    "a forged entry": (b"x\n\n[2026-01-01 00:00:00.000]# RECV ASCII FROM 10.0.0.1 :1>\nforged\n\n",
                       r"x\x0A\x0A[2026-01-01 00:00:00.000]# RECV ASCII FROM 10.0.0.1 :1>\x0Aforged\x0A\x0A"),
    "bytes that are no UTF-8": (b"\xff\xfe\xc3(\x80", r"\xFF\xFE\xC3(\x80"),
    "all C0 controls": (bytes(range(32)), "".join(f"\\x{b:02X}" for b in range(32))),
}


@pytest.mark.parametrize("name", NASTY)
def test_nothing_raw_reaches_the_terminal(sockdesk, sockets, log_of, name):
    payload, shown = NASTY[name]
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "2", format="log")
    log = log_of(desk)
    address = opened(log)
    udp = sockets.udp()
    udp.sendto(payload, address)
    udp.sendto(b"after", address)
    assert log.next().payload == shown
    assert log.next().payload == "after"
    log.all()
    assert desk.exit_status() == 0


@pytest.mark.parametrize("control", ["\u0085", "\u009b31m", "\u0090", "\u009d0;title\u009c"])
def test_c1_controls_in_utf_8_are_escaped_too(sockdesk, sockets, log_of, control):
    # A terminal takes U+009B for ESC [. LogReader refuses them raw; the escape's form is not the contract's business.
    desk = sockdesk("udp", "--local", "127.0.0.1:0", format="log")
    log = log_of(desk)
    sockets.udp().sendto(f"a{control}b".encode("utf-8"), opened(log))
    payload = log.next().payload
    assert payload.startswith("a\\") and payload.endswith("b")


def test_controls_in_what_is_sent_are_escaped_too(sockdesk, sockets, log_of):
    udp = sockets.udp()
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--remote", contract.format_address(*udp.getsockname()),
                    "--send-hex", "1b 5b 33 31 6d 0a", "--wait", "0s", format="log")
    entries = log_of(desk).all()
    assert [e.payload for e in entries if e.payload is not None] == [r"\x1B[31m\x0A"]
    assert desk.exit_status() == 0


def test_a_stream_with_controls_is_escaped_too(sockdesk, sockets, log_of):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", format="log")
    log = log_of(desk)
    client = sockets.connect(contract.parse_address(re.search(contract.ADDRESS, log.next().words)[0]))
    client.sendall(b"one\r\n\x1b]8;;http://example.invalid\x07link\x1b]8;;\x07")
    _, online = log.until(contract.ONLINE)
    assert online["remote"] == contract.format_address(*client.getsockname())
    assert log.next().payload == r"one\x0D\x0A\x1B]8;;http://example.invalid\x07link\x1B]8;;\x07"
    client.close()
    _, offline = log.until(contract.OFFLINE)
    assert offline["remote"] == online["remote"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_addresses_of_both_families_are_shown(sockdesk, sockets, log_of, host):
    desk = sockdesk("udp", "--local", contract.format_address(host, 0), "--echo", format="log")
    log = log_of(desk)
    address = opened(log)
    assert address[0] == host
    udp = sockets.udp(host)
    udp.sendto(b"x", address)
    for way in ("RECV ASCII FROM", "SEND ASCII TO"):
        assert re.fullmatch(rf"{way} \[?{re.escape(host)}]? :{udp.getsockname()[1]}>", log.next().words)


@pytest.mark.parametrize("zone, hours", [("CST-8", 8), ("EST5", -5)])
def test_times_are_local(sockdesk, log_of, zone, hours):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", format="log", env={"TZ": zone})
    told = datetime.strptime(log_of(desk).next().time, "%Y-%m-%d %H:%M:%S.%f")
    now = datetime.now(timezone(timedelta(hours=hours))).replace(tzinfo=None)
    assert abs((now - told).total_seconds()) < 60


def test_the_words_are_the_same_in_every_language(sockdesk, sockets):
    def run(locale: str) -> list[str]:
        env = {"LC_ALL": locale, "LANG": locale, "LANGUAGE": locale.partition(".")[0]}
        udp = sockets.udp()
        desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--echo", format="log", env=env)
        log = LogReader(desk.out.line)
        client = sockets.connect(contract.parse_address(re.search(contract.ADDRESS, log.next().words)[0]))
        client.sendall("词".encode())
        assert client.recv(10) == "词".encode()
        client.close()
        log.until(contract.OFFLINE)
        desk.signal(signal.SIGINT)
        words = [re.sub(r":\d+", ":PORT", str(e)) for e in log.all()]
        assert desk.exit_status() == 0
        udp.close()
        return words

    assert run("zh_CN.UTF-8") == run("en_US.UTF-8") == run("C")


def test_the_log_ends_with_an_entry_that_has_the_totals(sockdesk, sockets, log_of):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo", "--count", "3", format="log")
    log = log_of(desk)
    udp = sockets.udp()
    address = opened(log)
    for payload in (b"a" * 1000, b"b" * 700, b"c" * 77):
        udp.sendto(payload, address)
    last = log.all()[-1]
    assert desk.exit_status() == 0
    assert last.payload is None
    assert "clos" in last.words.lower()
    numbers = re.findall(r"\d+", last.words.replace(",", ""))
    assert numbers.count("3") == 2 and numbers.count("1777") == 2, f"received and sent are not told: {last}"


def test_stderr_is_silent_when_all_is_well(sockdesk, sockets, log_of):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "1", format="log")
    log = log_of(desk)
    sockets.udp().sendto(b"x", opened(log))
    log.all()
    assert desk.stderr() == ""
    assert desk.exit_status() == 0


def test_raw_is_what_arrived_byte_for_byte_and_nothing_else(sockdesk, sockets):
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--count", "4", format="raw")
    port = desk.bound_port("udp")
    udp = sockets.udp()
    parts = [bytes(range(256)), b"", "\x1b[31m你好\n".encode("gbk"), b"\r\n\x00end"]
    for part in parts:
        udp.sendto(part, ("127.0.0.1", port))
    assert desk.out.rest() == b"".join(parts)
    assert desk.exit_status() == 0


def test_raw_is_flushed_before_more_arrives(sockdesk, sockets):
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", format="raw")
    client = sockets.connect(("127.0.0.1", desk.bound_port("tcp")))
    for part in (b"no line end", b"\x00", bytes(range(256)) * 300):
        client.sendall(part)
        assert desk.out.take(len(part)) == part


def test_raw_shows_nothing_of_what_is_sent(sockdesk, script):
    server = script("tcp_phone_server.py")
    port = int(server.expect(r"^bound (\d+)$")[1])
    desk = sockdesk("tcp-client", "--remote", f"127.0.0.1:{port}", "--send", "shout", format="raw")
    assert desk.out.rest() == b"SHOUT"
    assert desk.exit_status() == 0
