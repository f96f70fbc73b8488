"""Protocols of plain text, driven by hand: an HTTP server from Python's library, and curl as the client."""

import json
import sys

import pytest

from contract import format_address, payload_of, texts

BODY = "你好,网络\n".encode("utf-8")


@pytest.fixture
def http_server(peer, tmp_path):
    """http.server over a folder with a text and a binary file; its address."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "hello.txt").write_bytes(BODY)
    (folder / "bytes.bin").write_bytes(bytes(range(256)) * 40)

    def start(host="127.0.0.1"):
        server = peer([sys.executable, "-u", "-m", "http.server", "0", "--bind", host, "--directory", folder])
        return format_address(host, int(server.expect(r" port (\d+) ")[1]))

    return start


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_typed_request_is_answered_by_an_http_server(sockdesk, http_server, host):
    desk = sockdesk("tcp-client", "--remote", http_server(host), "--escapes",
                    "--send", r"GET /hello.txt HTTP/1.0\r\n\r\n")
    events = desk.finished()
    assert payload_of(desk.of_kind("send")[0]) == b"GET /hello.txt HTTP/1.0\r\n\r\n"
    answer = texts(events)
    assert answer.startswith("HTTP/1.0 200 OK\r\n")
    assert answer.endswith("\r\n\r\n" + BODY.decode())
    assert desk.of_kind("disconnect")[0]["reason"] == "closed by peer"


def test_a_request_in_several_parts_is_one_request(sockdesk, http_server):
    desk = sockdesk("tcp-client", "--remote", http_server(), "--escapes", "--send", "HEAD /missing ",
                    "--send-hex", "48 54 54 50 2f 31 2e 30", "--send", r"\r\nX-Test: 1\x0d\x0a\r\n")
    assert texts(desk.finished()).startswith("HTTP/1.0 404 ")


def test_a_download_in_raw_is_the_servers_answer_byte_for_byte(sockdesk, http_server):
    desk = sockdesk("tcp-client", "--remote", http_server(), "--escapes",
                    "--send", r"GET /bytes.bin HTTP/1.0\r\n\r\n", format="raw")
    answer = desk.out.rest()
    assert desk.exit_status() == 0
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200 OK\r\n")
    assert body == bytes(range(256)) * 40


def test_the_log_shows_a_request_and_its_answer_with_the_line_ends_escaped(sockdesk, http_server, log_of):
    desk = sockdesk("tcp-client", "--remote", http_server(), "--escapes",
                    "--send", r"GET /hello.txt HTTP/1.0\r\n\r\n", format="log")
    payloads = [e.payload for e in log_of(desk).all() if e.payload is not None]
    assert payloads[0] == r"GET /hello.txt HTTP/1.0\x0D\x0A\x0D\x0A"
    assert "".join(payloads[1:]).endswith(r"\x0D\x0A\x0D\x0A你好,网络\x0A")
    assert desk.exit_status() == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_curl_gets_a_canned_answer_and_its_request_is_shown(sockdesk, peer, host):
    desk = sockdesk("tcp-server", "--local", format_address(host, 0), "--escapes", "--send",
                    r"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\ncanned")
    address = format_address(*desk.opened())
    curl = peer(["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20",
                 "--user-agent", "tester", f"http://{address}/some/path?q=1"])
    assert curl.exit_status() == 0, curl.stderr()
    assert curl.out.rest() == b"canned"
    desk.event("disconnect")
    request = texts(desk.events)
    assert request.startswith("GET /some/path?q=1 HTTP/1.1\r\n")
    assert f"Host: {address}\r\n" in request
    assert "User-Agent: tester\r\n" in request
    assert request.endswith("\r\n\r\n")


def test_curl_posts_json_and_every_byte_of_it_is_shown(sockdesk, peer):
    document = json.dumps({"name": "网络调试助手", "values": list(range(100))}, ensure_ascii=False)
    desk = sockdesk("tcp-server", "--local", "127.0.0.1:0", "--stdin", "--escapes", keyboard=True)
    address = format_address(*desk.opened())
    curl = peer(["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20",
                 "--data-raw", document, f"http://{address}/"])
    desk.event("connect")
    request = b""
    while not request.endswith(document.encode()):
        request += payload_of(desk.event("recv"))
    desk.type(r"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    assert curl.exit_status() == 0, curl.stderr()
    head = request.partition(b"\r\n\r\n")[0].decode()
    assert f"Content-Length: {len(document.encode())}" in head
