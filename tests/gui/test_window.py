"""The real window, on a virtual screen of its own: what it shows, what it keeps, what it costs."""

import json
import os
import re
import signal
import socket
import subprocess
import time

import pytest

SOCKDESK = os.environ["SOCKDESK"]
DEADLINE = 30

RECEIVED = (0x0B, 0x7A, 0x43)  # the light theme's colours, see src/gui/style.cpp
ERROR = (0xC6, 0x28, 0x28)


def wait_for(what, condition):
    """Polls; what is waited for is in other processes, which ring no bell here."""
    end = time.monotonic() + DEADLINE
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"did not happen: {what}"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def display():
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as numbers:
        number = numbers.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait()


class Picture:
    def __init__(self, ppm: bytes):
        header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", ppm)
        self.width, self.height = int(header[1]), int(header[2])
        self.pixels = ppm[header.end():]

    def find(self, color, left=0):
        """The smallest box that holds every pixel of exactly this colour, or None."""
        wanted = bytes(color)
        rows, columns = [], []
        for y in range(self.height):
            row = self.pixels[y * self.width * 3:(y + 1) * self.width * 3]
            x = row.find(wanted, left * 3)
            while x >= 0:
                if x % 3 == 0:
                    rows.append(y)
                    columns.append(x // 3)
                x = row.find(wanted, x + 1)
        if not rows:
            return None
        return min(columns), min(rows), max(columns), max(rows)

    def crop(self, left, top, right, bottom):
        return [self.pixels[(y * self.width + left) * 3:(y * self.width + right) * 3] for y in range(top, bottom)]


# Only in builds with a sanitizer do these mean anything. The graphics driver is loaded at run time: what it leaves behind when
# it is unloaded cannot be told from a leak of ours, and its threads know nothing of ThreadSanitizer. The views themselves run
# under both in the other tests of this folder.
SANITIZERS = {
    "ASAN_OPTIONS": ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "detect_leaks=0"])),
    "TSAN_OPTIONS": ":".join(filter(None, [os.environ.get("TSAN_OPTIONS"), "ignore_noninstrumented_modules=1"])),
}


class Window:
    def __init__(self, display, home, *args, env=None):
        self.env = {**os.environ, **SANITIZERS, "DISPLAY": display, "XDG_CONFIG_HOME": str(home), "LC_ALL": "C.UTF-8", **(env or {})}
        self.env.pop("WAYLAND_DISPLAY", None)
        self.process = subprocess.Popen([SOCKDESK, *args], env=self.env, stderr=subprocess.PIPE, text=True)
        self.id = wait_for("a window", self._window_id)

    def _window_id(self):
        assert self.process.poll() is None, self.process.stderr.read()
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                               env=self.env, capture_output=True, text=True).stdout.split()
        return found[-1] if found else None

    def title(self):
        return subprocess.run(["xdotool", "getwindowname", self.id], env=self.env, capture_output=True,
                              text=True).stdout.strip()

    def port(self):
        return int(wait_for("the port in the title", lambda: re.search(r":(\d+) - Sockdesk$", self.title()))[1])

    def press(self, modifier, key):
        """As a quick hand does it: the modifier is let go before the key is, in the instant in which that goes down."""
        subprocess.run(["xdotool", "windowfocus", "--sync", self.id, "keydown", modifier, "sleep", "0.1",
                        "keydown", "--delay", "0", key, "keyup", "--delay", "0", modifier, "keyup", "--delay", "0", key],
                       env=self.env, check=True)

    def picture(self):
        ppm = subprocess.run(["import", "-window", self.id, "-depth", "8", "ppm:-"], env=self.env, capture_output=True,
                             check=True).stdout
        return Picture(ppm)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(DEADLINE) == 0, self.process.stderr.read()
        self.process.stderr.close()


@pytest.fixture
def open_window(display, tmp_path):
    opened = []

    def make(*args, home=tmp_path / "config", env=None):
        window = Window(display, home, *args, env=env)
        opened.append(window)
        return window

    yield make
    for window in opened:
        if window.process.poll() is None:
            window.close()


def shown_payload(window, payload):
    """Sends one datagram, waits until its green header line is drawn; returns the pixels of the line below it."""
    assert window.picture().find(RECEIVED, left=300) is None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(payload, ("127.0.0.1", window.port()))

    def drawn():
        picture = window.picture()
        box = picture.find(RECEIVED, left=300)
        return (picture, box) if box else None

    picture, (left, top, right, bottom) = wait_for("the received line", drawn)
    line = 20
    assert bottom - top < line, "one header line"
    middle = (top + bottom) // 2
    return picture.crop(left - 4, middle + line // 2 + 1, left + 400, middle + line + line // 2)


def ink(rows):
    return sum(1 for row in rows for i in range(0, len(row), 3) if row[i] < 128)


def test_a_chinese_gbk_datagram_is_shown(open_window, tmp_path):
    text = "你好，网络调试助手"

    # One after the other: of a window behind another there is no picture.
    def line(encoding, payload, home):
        window = open_window("udp", "--local", "127.0.0.1:0", "--encoding", encoding, "--gui", home=tmp_path / home)
        wait_for("the title", lambda: re.fullmatch(r"UDP 127\.0\.0\.1:\d+ - Sockdesk", window.title()))
        rows = shown_payload(window, payload)
        window.close()
        return rows

    gbk = line("gbk", text.encode("gbk"), "gbk")
    assert ink(gbk) > 200, "there is text in the line"
    assert gbk == line("utf-8", text.encode("utf-8"), "utf8"), "the same characters from either encoding"
    assert gbk != line("utf-8", text.encode("gbk"), "wrong")


def test_a_chord_that_is_over_before_a_frame_is_drawn_is_a_chord(open_window):
    window = open_window("udp", "--local", "127.0.0.1:0", "--gui")
    window.port()
    first = window.title()
    for _ in range(5):
        window.press("ctrl", "t")
        wait_for("another session in front", lambda: window.title() != first)
        window.press("ctrl", "w")
        wait_for("the first session in front again", lambda: window.title() == first)
    window.press("ctrl", "q")
    assert window.process.wait(DEADLINE) == 0


def test_what_was_set_is_there_at_the_next_start(open_window, tmp_path):
    home = tmp_path / "home"
    first = open_window("tcp-server", "--local", "127.0.0.1:0", "--encoding", "gbk", "--send", "hi", "--gui", home=home)
    assert first.port() > 0
    first.close()
    kept = json.loads((home / "sockdesk" / "workspace.json").read_text(encoding="utf-8"))
    assert kept["version"] == 1
    assert kept["tabs"][0]["view"]["encoding"] == "gbk"
    assert kept["tabs"][0]["send"]["text"] == "hi"

    second = open_window(home=home)
    wait_for("the tab", lambda: second.title() == "TCP Server 127.0.0.1 - Sockdesk")


def test_what_was_set_is_kept_without_another_touch(open_window, tmp_path):
    home = tmp_path / "home"
    window = open_window("udp", "--local", "127.0.0.1:0", "--gui", home=home)
    window.port()
    file = home / "sockdesk" / "workspace.json"

    def font_size():
        return json.loads(file.read_text(encoding="utf-8"))["font_size"] if file.exists() else 0

    usual = wait_for("the first file", font_size)
    window.press("ctrl", "equal")
    wait_for("larger text in the file", lambda: font_size() == usual + 1)


def test_a_broken_workspace_is_kept_aside(open_window, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text("{ not json", encoding="utf-8")
    window = open_window(str(file))
    window.close()
    assert (tmp_path / "mine.json.broken").read_text(encoding="utf-8") == "{ not json"
    if file.exists():
        assert json.loads(file.read_text(encoding="utf-8"))["version"] == 1


def test_without_a_chinese_font_it_says_what_to_install(open_window, tmp_path):
    (tmp_path / "fonts").mkdir()
    config = tmp_path / "fonts.conf"
    config.write_text(f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
                      f"<dir>{tmp_path / 'fonts'}</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>")
    window = open_window("udp", "--local", "127.0.0.1:0", "--gui", env={"FONTCONFIG_FILE": str(config)})
    left, top, right, bottom = wait_for("the red line", lambda: window.picture().find(ERROR))
    assert top < 80 and right - left > 300


def test_without_a_display_it_says_so():
    env = {**os.environ, "DISPLAY": ":65000"}
    env.pop("WAYLAND_DISPLAY", None)
    ended = subprocess.run([SOCKDESK], env=env, capture_output=True, text=True, timeout=DEADLINE)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1 and "display" in ended.stderr.lower()


def test_an_idle_window_costs_nothing_to_speak_of(open_window):
    window = open_window("udp", "--local", "127.0.0.1:0", "--gui")
    assert window.port() > 0

    def ticks():
        fields = open(f"/proc/{window.process.pid}/stat", encoding="ascii").read().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    seconds = 5
    time.sleep(3)  # the frames after the start; what is measured is time itself
    before = ticks()
    time.sleep(seconds)
    share = (ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds
    print(f"idle: {share:.3%} of a core")
    assert share < 0.05
