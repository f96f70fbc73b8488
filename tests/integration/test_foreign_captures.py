"""`sockdesk log` on captures that other programs wrote, compared with what Wireshark's own tools say of the same files."""

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
from collections import defaultdict

import pytest

from capture_file import Wireshark
from contract import nanoseconds
from loopback import receive_all
from sockdesk_process import DEADLINE, wait_until


@pytest.fixture
def wireshark(tmp_path):
    home = tmp_path / "wireshark"
    home.mkdir()
    return Wireshark(home)


@pytest.fixture
def events_of(binary):
    """The records of a capture and what was said on stderr."""

    def read(file, *args, status=0) -> tuple[list[dict], str]:
        done = subprocess.run([binary, "log", file, "--format", "json", *args], capture_output=True, timeout=DEADLINE * 3)
        assert done.returncode == status, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()

    return read


def payloads(events: list[dict]) -> list[dict]:
    return [event for event in events if event["event"] in ("recv", "send")]


def run(*argv) -> None:
    subprocess.run(list(map(str, argv)), check=True, capture_output=True, timeout=DEADLINE * 3,
                   env={**os.environ, "LC_ALL": "C.UTF-8"})


def packet_times(wireshark, file, display_filter):
    """Of each packet: the time in nanoseconds, the ends and the payload."""
    rows = wireshark.fields(file, display_filter, "frame.time_epoch", "ip.src", "udp.srcport", "ip.dst", "udp.dstport",
                            "udp.payload")
    for time, source, source_port, destination, destination_port, payload in rows:
        seconds, _, fraction = time.partition(".")
        yield (int(seconds) * 10**9 + int(fraction.ljust(9, "0")), f"{source}:{source_port}",
               f"{destination}:{destination_port}", payload)


def seen_packet(event: dict) -> tuple:
    ends = (event["remote"], event["local"]) if event["event"] == "recv" else (event["local"], event["remote"])
    return (nanoseconds(event["time"]), *ends, event["hex"])


# ---- files of our own in other programs' formats


@pytest.fixture
def saved(sockdesk, sockets, tmp_path):
    """A session's capture: datagrams of many lengths, received and echoed."""
    file = tmp_path / "saved.pcapng"
    desk = sockdesk("udp", "--local", "127.0.0.1:0", "--echo", "--save", file, format="raw")
    address = ("127.0.0.1", desk.bound_port("udp"))
    udp = sockets.udp()
    for number in range(120):
        payload = number.to_bytes(2, "big") * (number * 7)
        udp.sendto(payload, address)
        assert udp.recv(70_000) == payload
    desk.signal(signal.SIGINT)
    assert desk.exit_status() == 0
    return file


@pytest.mark.parametrize("form", ["pcap", "nsecpcap", "modpcap", "pcapng"])
def test_a_capture_converted_by_wireshark_has_the_same_records(saved, events_of, wireshark, tmp_path, form):
    converted = tmp_path / f"converted.{form}"
    # Events of a session are blocks that only pcapng has.
    run("tshark", "-n", "-r", saved, "-Y", "udp", "-F", form, "-w", converted)
    ours, _ = events_of(saved)
    theirs, _ = events_of(converted)
    unit = 1000 if form in ("pcap", "modpcap") else 1

    def comparable(event):
        return (nanoseconds(event["time"]) // unit, event["local"], event["remote"], event["hex"])

    assert [comparable(e) for e in payloads(theirs)] == [comparable(e) for e in payloads(ours)]
    assert len(payloads(theirs)) == 240
    packets = list(packet_times(wireshark, converted, "udp"))
    assert [seen_packet(e) for e in payloads(theirs)] == packets


def test_captures_merged_by_mergecap_have_all_records_in_order(saved, events_of, wireshark, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("".join(f"0000 {number:02x} 0a 0b 0c\n" for number in range(50)))
    ethernet = tmp_path / "ethernet.pcapng"
    run("text2pcap", "-q", "-u", "1234,4321", other, ethernet)
    merged = tmp_path / "merged.pcapng"
    run("mergecap", "-w", merged, ethernet, saved)
    events, complaints = events_of(merged)
    assert complaints == ""
    assert len(payloads(events)) == 290
    assert sorted(seen_packet(e) for e in payloads(events)) == sorted(packet_times(wireshark, merged, "udp"))
    assert [nanoseconds(e["time"]) for e in events] == sorted(nanoseconds(e["time"]) for e in events)


# ---- files made by hand, checked by tshark before we read them


def ethernet(ethertype: int, payload: bytes, tags: bytes = b"") -> bytes:
    return bytes(range(12)) + tags + ethertype.to_bytes(2, "big") + payload


def ipv4(protocol: int, source: str, destination: str, payload: bytes, fragment: int = 0) -> bytes:
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, fragment, 64, protocol, 0,
                       socket.inet_aton(source), socket.inet_aton(destination))
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + (~total & 0xFFFF).to_bytes(2, "big") + head[12:] + payload


def udp(source_port: int, destination_port: int, payload: bytes) -> bytes:
    return struct.pack("!HHHH", source_port, destination_port, 8 + len(payload), 0) + payload


def tcp(source_port: int, destination_port: int, sequence: int, flags: int, payload: bytes = b"") -> bytes:
    return struct.pack("!HHIIBBHHH", source_port, destination_port, sequence & 0xFFFFFFFF, 0, 0x50, flags, 65535, 0, 0) + payload


MIXTURE = [
    ethernet(0x0806, bytes(28)),
    ethernet(0x0800, ipv4(17, "10.0.0.1", "10.0.0.2", udp(1111, 2222, b"plain"))),
    ethernet(0x0800, ipv4(17, "10.0.0.2", "10.0.0.1", udp(2222, 1111, b"answer"))),
    ethernet(0x0800, ipv4(17, "10.0.0.1", "10.0.0.2", udp(1111, 2222, b"tagged")), b"\x81\x00\x00\x07"),
    ethernet(0x0800, ipv4(17, "10.0.0.1", "10.0.0.2", udp(1111, 2222, b"twice")), b"\x88\xa8\x00\x07\x81\x00\x00\x08"),
    ethernet(0x0800, ipv4(1, "10.0.0.1", "10.0.0.2", b"\x08\x00\xf7\xff" + bytes(4))),
    ethernet(0x0800, ipv4(17, "10.0.0.1", "10.0.0.2", bytes(16), fragment=0x2000)),
    ethernet(0x0800, ipv4(17, "10.0.0.1", "10.0.0.2", udp(1111, 2222, b"")).ljust(46, b"\0")),
]


def pcap(order: str, magic: int, packets: list[bytes], link_type: int = 1) -> bytes:
    data = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link_type)
    for number, packet in enumerate(packets):
        data += struct.pack(order + "IIII", 1_700_000_000 + number, 123_456, len(packet), len(packet)) + packet
    return data


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("magic", [0xA1B2C3D4, 0xA1B23C4D])
def test_either_byte_order_and_resolution_of_pcap(events_of, wireshark, tmp_path, order, magic):
    file = tmp_path / "hand.pcap"
    file.write_bytes(pcap(order, magic, MIXTURE))
    expected = list(packet_times(wireshark, file, "udp && !icmp"))
    events, _ = events_of(file)
    assert [seen_packet(e) for e in payloads(events)] == expected and len(expected) == 5
    assert [e["event"] for e in payloads(events)] == ["recv", "send", "recv", "recv", "recv"]


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack(order + "II", kind, 12 + len(body)) + body + struct.pack(order + "I", 12 + len(body))


def pcapng(order: str, packets: list[bytes], resolution: int) -> bytes:
    data = block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    data += block(order, 1, struct.pack(order + "HHIHHBxxx", 1, 0, 0, 9, 1, resolution))
    data += block(order, 0x80000BAD, b"nobody knows")
    for number, packet in enumerate(packets):
        units = (1_700_000_000 + number) * (2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution) + number
        data += block(order, 6, struct.pack(order + "IIIII", 0, units >> 32, units & 0xFFFFFFFF, len(packet), len(packet))
                      + packet)
    return data


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("resolution", [3, 6, 9, 0x80 | 10, 0x80 | 20])
def test_either_byte_order_and_any_resolution_of_pcapng(events_of, wireshark, tmp_path, order, resolution):
    file = tmp_path / "hand.pcapng"
    file.write_bytes(pcapng(order, MIXTURE, resolution))
    expected = list(packet_times(wireshark, file, "udp && !icmp"))
    events, _ = events_of(file)
    assert [seen_packet(e) for e in payloads(events)] == expected and len(expected) == 5


@pytest.mark.parametrize("cut", [1, 17, 40, 55])
def test_a_file_that_is_cut_short_is_read_up_to_there_and_said(events_of, tmp_path, cut):
    whole = pcap("<", 0xA1B2C3D4, MIXTURE[1:5])
    file = tmp_path / "cut.pcap"
    file.write_bytes(whole[:-cut])
    events, complaint = events_of(file, status=1)
    assert [bytes.fromhex(e["hex"]) for e in payloads(events)] == [b"plain", b"answer", b"tagged"]
    where = len(whole) - 16 - len(MIXTURE[4])
    assert complaint.count("\n") == 1 and str(file) in complaint and f"byte {where}" in complaint


def test_an_unknown_link_type_is_named(events_of, tmp_path):
    file = tmp_path / "strange.pcap"
    file.write_bytes(pcap("<", 0xA1B2C3D4, MIXTURE, link_type=147))
    events, complaint = events_of(file, status=1)
    assert payloads(events) == [] and "link type 147" in complaint


def test_segments_sent_again_or_out_of_order_stand_once(events_of, wireshark, tmp_path):
    def segment(sequence, flags, payload=b""):
        return ethernet(0x0800, ipv4(6, "10.0.0.1", "10.0.0.2", tcp(50000, 80, sequence, flags, payload)))

    def back(sequence, flags, payload=b""):
        return ethernet(0x0800, ipv4(6, "10.0.0.2", "10.0.0.1", tcp(80, 50000, sequence, flags, payload)))

    first = 0xFFFFFFF0  # wraps around soon
    text = b"The quick brown fox jumps over the lazy dog."
    packets = [segment(first, 2), back(99, 0x12), segment(first + 1, 0x10)]
    packets += [segment(first + 1, 0x18, text[:10]), segment(first + 1, 0x18, text[:10]), segment(first + 6, 0x18, text[5:20])]
    packets += [segment(first + 31, 0x18, text[30:40]), back(100, 0x18, b"yes?"), segment(first + 21, 0x18, text[20:30])]
    packets += [segment(first + 41, 0x19, text[40:]), back(104, 0x11)]
    file = tmp_path / "again.pcap"
    file.write_bytes(pcap("<", 0xA1B2C3D4, packets))
    events, _ = events_of(file)
    assert {(e["local"], e["remote"]) for e in payloads(events)} == {("10.0.0.2:80", "10.0.0.1:50000")}
    received = [bytes.fromhex(e["hex"]) for e in payloads(events) if e["event"] == "recv"]
    assert received == [text[:10], text[10:20], text[30:40], text[20:30], text[40:]]
    assert [bytes.fromhex(e["hex"]) for e in payloads(events) if e["event"] == "send"] == [b"yes?"]
    # Wireshark counts the same bytes of this stream, in their order.
    followed = wireshark.tshark(file, "-q", "-z", "follow,tcp,raw,0")
    assert bytes.fromhex("".join(line for line in followed.splitlines() if set(line) <= set("0123456789abcdef"))) == text


# ---- what a capture program of the system writes


@pytest.mark.skipif(shutil.which("dumpcap") is None, reason="dumpcap is not installed")
@pytest.mark.parametrize("interface, form", [("lo", []), ("lo", ["-P"]), ("any", []), ("any", ["-P"])])
def test_a_live_capture_of_a_connection(peer, sockets, events_of, tmp_path, interface, form):
    file = tmp_path / "live.pcap"
    listener = sockets.listener()
    port = listener.getsockname()[1]
    dumpcap = peer(["dumpcap", "-q", *form, "-i", interface, "-f", f"port {port}", "-w", file])
    wait_until(lambda: b"File:" in dumpcap.err.everything() or dumpcap.process.poll() is not None, "a capture begun")
    if dumpcap.process.poll() is not None:
        pytest.skip("no permission to capture here")
    request, answer = os.urandom(300_000), os.urandom(200_000)
    client = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
    server = sockets.accept(listener)

    def serve():
        assert receive_all(server) == request
        server.sendall(answer)
        server.close()

    thread = threading.Thread(target=serve)
    thread.start()
    client.sendall(request)
    client.shutdown(socket.SHUT_WR)
    assert receive_all(client) == answer
    thread.join()
    own = "%s:%d" % client.getsockname()[:2]
    client.close()

    def bytes_of(events):
        streams = defaultdict(bytes)
        for event in payloads(events):
            streams[event["event"], event["local"], event["remote"]] += bytes.fromhex(event["hex"])
        return streams

    # The program writes what it has when it is told to end.
    wait_until(lambda: file.stat().st_size > len(request) + len(answer), "both streams in the file")
    dumpcap.signal(signal.SIGINT)
    assert dumpcap.exit_status() == 0
    events, complaint = events_of(file)
    assert complaint == ""
    local = f"127.0.0.1:{port}"
    assert bytes_of(events) == {("recv", local, own): request, ("send", local, own): answer}
