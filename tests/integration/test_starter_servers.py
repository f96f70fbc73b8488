"""The shortcuts that the program brings along, sent as they are to servers that are not ours: the exit status tells whether they answered."""

from __future__ import annotations

import struct

import pytest

from contract import payload_of
from servers import Servers, python_module
from starter_library import named, sending, shortcuts

WITHIN = "60s"

# HTTP is asked in test_starter_library.py. The others are said to everybody around, and no server that answers is small enough for a test;
# there Wireshark reads them.
NOT_HERE = ("HTTP: ", "SSDP: ", "Wake-on-LAN: ")

# DNS: of the one answer its class, any time to live, its length and what it says; RFC 1035, section 4.1.3.
RECORDS = {
    "DNS: A of example.com": "hex:00 01 00 01 ?? ?? ?? ?? 00 04 C0 00 02 07",
    "DNS: AAAA of example.com": "hex:00 1C 00 01 ?? ?? ?? ?? 00 10 20 01 0D B8 00 00 00 00 00 00 00 00 00 00 00 07",
    "DNS: name of 127.0.0.1": "hex:00 0C 00 01 ?? ?? ?? ?? 00 0B 04 64 65 73 6B 04 74 65 73 74 00",
}

# SNMP: the object's name with an octet string, with time ticks, and of the next object the string again; RFC 3416, section 3.
DESCRIPTION = "Sockdesk's own agent"
DESCRIBED = "hex:06 08 2B 06 01 02 01 01 01 00 04 14 " + DESCRIPTION.encode().hex(" ")
BINDINGS = {
    "SNMP v2c: sysDescr.0": DESCRIBED,
    "SNMP v2c: sysUpTime.0": "hex:06 08 2B 06 01 02 01 01 03 00 43",
    "SNMP v2c: next after 1.3.6.1.2.1": DESCRIBED,
}

TIME = "NTP: what time is it?"
FILE = "TFTP: read test.txt"
CONVERSATION = ("MQTT 3.1.1: connect", "MQTT: subscribe to sockdesk/#", "MQTT: publish to sockdesk/test", "MQTT: ping",
                "MQTT: disconnect")


def of_network(*names: str) -> list[dict]:
    return [named("network", name) for name in names]


@pytest.fixture
def servers(peer, tmp_path):
    folder = tmp_path / "server"
    folder.mkdir()
    return Servers(peer, folder)


@pytest.fixture
def conversation(sockdesk):
    """Sends shortcuts to a server until all that is expected has come, in its order: what went out and what arrived, each joined."""

    def hold(protocol, server, chosen, *expected):
        options = [option for pattern in expected for option in ("--expect", pattern, "--within", WITHIN)]
        desk = sockdesk(protocol, "--remote", server, *sending(*chosen), *options)
        desk.finished(0)
        return tuple(b"".join(payload_of(event) for event in desk.of_kind(kind)) for kind in ("send", "recv"))

    return hold


def test_a_server_is_asked_with_each():
    here = {*RECORDS, *BINDINGS, TIME, FILE, *CONVERSATION}
    assert {each["name"] for each in shortcuts("network") if not each["name"].startswith(NOT_HERE)} == here


@pytest.mark.parametrize("name", RECORDS)
def test_a_name_server_answers(conversation, servers, name):
    server = servers.dnsmasq("--host-record=example.com,192.0.2.7,2001:db8::7", "--host-record=desk.test,127.0.0.1")
    sent, received = conversation("udp", server.address, of_network(name), RECORDS[name])
    flags, questions, found = struct.unpack("!2x3H", received[:8])
    assert received[:2] == sent[:2]
    assert (flags & 0x800F, questions, found) == (0x8000, 1, 1)  # a response, and no error
    question = sent[12:]
    assert received[12:].startswith(question)


def test_a_time_server_answers(conversation, servers):
    # RFC 5905, section 7.3: no warning, version 4, server; then the stratum, which is that of its configuration.
    sent, received = conversation("udp", servers.chronyd().address, of_network(TIME), "prefix:$\x08")
    transmit, origin = sent[40:], received[24:32]
    assert origin == transmit
    assert len(received) == 48


@pytest.mark.parametrize("name", BINDINGS)
def test_an_agent_answers(conversation, servers, name):
    sent, received = conversation("udp", servers.snmpd(DESCRIPTION).address, of_network(name), BINDINGS[name])
    response, no_error = 0xA2, bytes.fromhex("02 01 00 02 01 00")
    request_id = sent[15:21]
    assert received[13] == response
    assert received[15:27] == request_id + no_error


def test_a_file_server_sends_the_first_block(conversation, servers):
    content = b"what the file\nholds"
    server = servers.atftpd({"test.txt": content})
    _, received = conversation("udp", server.address, of_network(FILE), "hex:00 03 00 01 " + content.hex(" "))
    assert received == b"\x00\x03\x00\x01" + content


def test_a_broker_answers_each_of_a_conversation(conversation, servers):
    server = servers.mosquitto()
    accepted, subscribed, pong = "20 02 00 00", "90 03 00 01 00", "D0 00"
    message = b"\x00\x0dsockdesk/testhello 1"
    published = "30 16 " + message.hex(" ")
    sent, received = conversation("tcp-client", server.address, of_network(*CONVERSATION),
                                  *(f"hex:{each}" for each in (accepted, subscribed, published, pong)))
    assert received.startswith(bytes.fromhex(accepted + subscribed + published + pong))
    # Its log: that the whole of each was understood, and that the end was announced.
    identifier = sent[14:27].decode()
    server.process.expect(rf"New client connected from 127\.0\.0\.1:\d+ as {identifier} \(p2, c1, k60\)", on="err")
    server.process.expect(rf"Received PUBLISH from {identifier} \(d0, q0, r0, m0, 'sockdesk/test', \.\.\. \(7 bytes\)\)", on="err")
    server.process.expect(rf"Received DISCONNECT from {identifier}", on="err")


def test_a_broker_hangs_up_after_the_disconnect(sockdesk, servers):
    server = servers.mosquitto()
    desk = sockdesk("tcp-client", "--remote", server.address, *sending(*of_network(CONVERSATION[0], CONVERSATION[-1])), "--wait", WITHIN)
    desk.finished(0)
    assert [event["reason"] for event in desk.of_kind("disconnect")] == ["closed by peer"]
    server.process.expect(r"Client sockdesk-\d{4} disconnected\.", on="err")


# ---- Modbus

# By the name of a shortcut: what follows the unit in the answer, and what was written into the device of peers/modbus_server.py.
DEVICE = {
    "Read coils 0-15": (b"\x01\x02\x49\x92", None),
    "Read discrete inputs 0-15": (b"\x02\x02\x49\x92", None),
    "Read holding registers 0-9": (struct.pack("!BB10H", 3, 20, *range(1000, 1010)), None),
    "Read input registers 0-9": (struct.pack("!BB10H", 4, 20, *range(2000, 2010)), None),
    "Write coil 0: on": (b"\x05\x00\x00\xff\x00", "coils 0 1"),
    "Write coil 0: off": (b"\x05\x00\x00\x00\x00", "coils 0 0"),
    "Write register 0: 1234": (b"\x06\x00\x00\x04\xd2", "registers 0 1234"),
    "Write coils 0-9": (b"\x0f\x00\x00\x00\x0a", "coils 0 1 0 1 1 0 0 1 1 1 0"),
    "Write registers 0-1": (b"\x10\x00\x00\x00\x02", "registers 0 10 258"),
}


@pytest.fixture
def device(script):
    python_module("pymodbus.server")

    def start(framing):
        process = script("modbus_server.py", framing)
        return process, "127.0.0.1:" + process.expect(r"^bound (\d+)$", deadline=60)[1]

    return start


def crc16_modbus(data: bytes) -> int:
    """Modbus over Serial Line 1.02, section 6.2.2; 0 for what ends with its own."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


@pytest.mark.parametrize("framing", ["tcp", "rtu"])
def test_a_device_answers_each_request(conversation, device, framing):
    chosen = shortcuts(f"modbus-{framing}")
    assert [each["name"] for each in chosen] == list(DEVICE)  # the reads first, before anything is written
    process, address = device(framing)
    for each in chosen:
        answer, written = DEVICE[each["name"]]
        answer = b"\x01" + answer
        if framing == "tcp":
            answer = struct.pack("!3H", 1, 0, len(answer)) + answer
            pattern = "hex:" + answer.hex(" ")
        else:
            pattern = "hex:" + answer.hex(" ") + " ?? ??"
        _, received = conversation("tcp-client", address, [each], pattern)
        if framing == "tcp":
            assert received == answer, each["name"]
        else:
            assert received[:-2] == answer and crc16_modbus(received) == 0, each["name"]
        if written is not None:
            assert process.expect(r"^wrote (.*)$")[1] == written, each["name"]
