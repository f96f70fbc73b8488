"""The shortcuts that the program brings along are what they say: Wireshark's dissectors take each without a complaint, and servers answer."""

from __future__ import annotations

import http.server
import re
import subprocess
import threading

import pytest

from capture_file import Wireshark
from contract import payload_of
from pcap_file import Pcap
from starter_library import named, sending, shortcuts


def options(shortcut: dict) -> list[str]:
    """Of `sockdesk encode`, where {{…}} always means something: no other payload has any."""
    chosen = []
    if shortcut.get("mode") == "hex":
        chosen.append("--hex")
    if shortcut.get("escapes"):
        chosen.append("--escapes")
    if "trailer" in shortcut:
        chosen += ["--checksum", shortcut["trailer"]]
    assert shortcut.get("templates", False) == ("{{" in shortcut["payload"]), shortcut["name"]
    return chosen


@pytest.fixture
def encoded(binary):
    """The bytes of a shortcut."""

    def encode(shortcut: dict) -> bytes:
        done = subprocess.run([binary, "encode", shortcut["payload"], *options(shortcut), "--format", "raw"],
                              capture_output=True, timeout=60)
        assert done.returncode == 0 and done.stderr == b"", (shortcut["name"], done.stderr)
        return done.stdout

    return encode


@pytest.fixture
def wireshark(tmp_path):
    home = tmp_path / "wireshark"
    home.mkdir()
    return Wireshark(home)


# Where a service listens, and what tshark calls a packet of it that is understood to its end.
SERVICES = {
    "DNS": ("udp", 53, "dns.qry.name && dns.flags.response == 0"),
    "NTP": ("udp", 123, "ntp.flags.mode == 3 && ntp.flags.vn == 4 && ntp.xmt"),
    "SNMP v2c: next": ("udp", 161, "snmp.version == 1 && snmp.community == public && snmp.get_next_request_element"),
    "SNMP v2c": ("udp", 161, "snmp.version == 1 && snmp.community == public && snmp.get_request_element"),
    "SSDP": ("udp", 1900, 'http.request.method == "M-SEARCH" && frame.protocols contains "ssdp"'),
    "HTTP: GET": ("tcp", 80, 'http.request.method == "GET" && http.connection == "close"'),
    "HTTP: HEAD": ("tcp", 80, 'http.request.method == "HEAD"'),
    "MQTT 3.1.1: connect": ("tcp", 1883, 'mqtt.msgtype == 1 && mqtt.ver == 4 && mqtt.clientid matches "^sockdesk-[0-9]{4}$"'),
    "MQTT: subscribe": ("tcp", 1883, 'mqtt.msgtype == 8 && mqtt.topic == "sockdesk/#" && mqtt.msgid == 1'),
    "MQTT: publish": ("tcp", 1883, 'mqtt.msgtype == 3 && mqtt.topic == "sockdesk/test"'),
    "MQTT: ping": ("tcp", 1883, "mqtt.msgtype == 12"),
    "MQTT: disconnect": ("tcp", 1883, "mqtt.msgtype == 14"),
    "TFTP": ("udp", 69, 'tftp.opcode == 1 && tftp.source_file == "test.txt" && tftp.type == "octet"'),
    "Wake-on-LAN": ("udp", 9, "wol.mac == 01:23:45:67:89:ab && !wol.passwd"),
    "Modbus RTU": ("udp", 5020, "mbrtu.unit_id == 1 && mbrtu.crc16.status == 1 && modbus.func_code"),
    "Modbus TCP": ("tcp", 502, "mbtcp.unit_id == 1 && mbtcp.prot_id == 0 && mbtcp.trans_id == 1 && modbus.func_code"),
}


def service(shortcut: dict) -> tuple[str, int, str]:
    for prefix, known in SERVICES.items():
        if shortcut["name"].startswith(prefix) or shortcut["group"] == prefix:
            return known
    raise AssertionError(f"nothing checks {shortcut['name']}")


def test_wireshark_understands_each(encoded, wireshark, tmp_path):
    pcap = Pcap()
    wanted: list[tuple[str, str, int]] = []  # what is to hold for the packet of that port
    for shortcut in shortcuts("modbus-rtu") + shortcuts("modbus-tcp") + shortcuts("network"):
        transport, port, condition = service(shortcut)
        number = 40_000 + len(wanted)
        client, server = ("10.0.0.1", number), ("10.0.0.2", port)
        if transport == "tcp":
            pcap.connect(len(wanted), client, server)
            pcap.tcp(len(wanted) + 0.1, client, server, encoded(shortcut))
        else:
            pcap.udp(len(wanted), client, server, encoded(shortcut))
        wanted.append((shortcut["name"], condition, number))
    assert len(wanted) > 30
    file = tmp_path / "starter.pcap"
    pcap.write(file)

    def matching(condition: str) -> set[int]:
        shown = wireshark.dissect(file, "-d", "udp.port==5020,mbrtu", "-o", "mbrtu.crc_verification:TRUE",
                                  "-Y", condition, "-T", "fields", "-e", "udp.srcport", "-e", "tcp.srcport")
        return {int(port) for line in shown.splitlines() for port in line.split("\t") if port}

    complaints = "_ws.malformed || _ws.unreassembled || _ws.expert.severity >= 0x600000 || mbrtu.crc16.incorrect"
    wrong = matching(complaints)
    assert [name for name, _, number in wanted if number in wrong] == []
    by_condition = {condition: matching(condition) for condition in {each[1] for each in wanted}}
    assert [name for name, condition, number in wanted if number not in by_condition[condition]] == []


def test_functions_of_modbus_are_those_of_their_names(encoded):
    """Modbus Application Protocol 1.1b3, section 6: the same request in both framings."""
    for rtu, tcp in zip(shortcuts("modbus-rtu"), shortcuts("modbus-tcp"), strict=True):
        assert rtu["name"] == tcp["name"]
        assert encoded(rtu)[:-2] == encoded(tcp)[6:], rtu["name"]


def test_commands_for_modems_are_lines(encoded):
    """ITU-T V.250, sections 5.2 and 5.4: AT, then basic or extended commands, then a carriage return."""
    command = re.compile(rb"AT([A-DF-Z&]?[0-9]*|E[01]|I|\+[A-Z]+(\?|=[0-9]+)?)\r\n")
    for shortcut in shortcuts("at-commands"):
        assert command.fullmatch(encoded(shortcut)), shortcut["name"]
        assert encoded(shortcut).decode().strip() == shortcut["name"].split()[0]


@pytest.fixture
def web_server():
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = f"{self.command} for {self.headers['Host']}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["HTTP: GET /", "HTTP: HEAD /"])
def test_a_web_server_answers(sockdesk, web_server, name):
    desk = sockdesk("tcp-client", "--remote", f"{web_server[0]}:{web_server[1]}", *sending(named("network", name)))
    answer = b""
    while b"\r\n\r\n" not in answer or ("GET" in name and not answer.endswith(b"GET for 127.0.0.1")):
        answer += payload_of(desk.event("recv"))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
