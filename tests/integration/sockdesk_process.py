"""Starts sockdesk and the programs it talks to, and waits for what they write.

Nothing here sleeps to let something happen: one waits for a line, for bytes, for the end of a process, or, where a
program says nothing, for the kernel's own tables to show what it did. Every wait has a deadline, which is only ever
reached by a test that fails.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import re
import shlex
import signal
import socket
import subprocess
import termios
import threading
import time
from pathlib import Path
from typing import Callable, Iterator, Sequence, TypeVar

import contract

T = TypeVar("T")

# Builds with sanitizers under a loaded machine are some ten times slower; a passing test never waits this long.
DEADLINE = float(os.environ.get("SOCKDESK_TEST_DEADLINE", "20"))

PEERS = Path(__file__).parent / "peers"


class Failure(AssertionError):
    """Something that was waited for did not come; the message holds what came instead."""


class Output:
    """All that a process wrote to one pipe, collected by a thread of its own so that the process never blocks."""

    def __init__(self, descriptor: int, name: str) -> None:
        self.name = name
        self._bytes = bytearray()
        self._taken = 0
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._collect, args=(descriptor,), daemon=True)
        self._thread.start()

    def _collect(self, descriptor: int) -> None:
        while True:
            try:
                chunk = os.read(descriptor, 1 << 16)
            except OSError:  # a pseudo-terminal reports its end as EIO
                chunk = b""
            with self._changed:
                self._bytes += chunk
                self._ended = not chunk
                self._changed.notify_all()
            if not chunk:
                os.close(descriptor)
                return

    def everything(self) -> bytes:
        with self._changed:
            return bytes(self._bytes)

    def wait(self, found: Callable[[], T | None], wanted: str, deadline: float) -> T:
        """The first result of `found` that is not None; it is asked again whenever something came."""
        end = time.monotonic() + deadline
        with self._changed:
            while (result := found()) is None:
                left = end - time.monotonic()
                if left <= 0 or self._ended:
                    why = "ended" if self._ended else f"had not after {deadline} s"
                    raise Failure(f"waited for {wanted} on {self.name}, which {why}")
                self._changed.wait(left)
            return result

    def line(self, deadline: float = DEADLINE) -> bytes | None:
        """The next line without its line feed; None at the end. A last line without a line feed is a line too."""

        def found() -> tuple[bytes | None] | None:
            feed = self._bytes.find(b"\n", self._taken)
            if feed >= 0:
                line = bytes(self._bytes[self._taken : feed])
                self._taken = feed + 1
                return (line,)
            if self._ended:
                line = bytes(self._bytes[self._taken :])
                self._taken = len(self._bytes)
                return (line or None,)
            return None

        return self.wait(found, "a line", deadline)[0]

    def take(self, count: int, deadline: float = DEADLINE) -> bytes:
        """The next `count` bytes."""

        def found() -> bytes | None:
            if len(self._bytes) - self._taken < count:
                return None
            self._taken += count
            return bytes(self._bytes[self._taken - count : self._taken])

        return self.wait(found, f"{count} bytes", deadline)

    def skip_to(self, needle: bytes, deadline: float = DEADLINE) -> None:
        """Takes all up to and with the needle, without a look at it."""

        def found() -> bool | None:
            start = self._bytes.find(needle, self._taken)
            if start < 0:
                # A part of the needle may have come already.
                self._taken = max(self._taken, len(self._bytes) - len(needle) + 1)
                return None
            self._taken = start + len(needle)
            return True

        self.wait(found, repr(needle), deadline)

    def rest(self, deadline: float = DEADLINE) -> bytes:
        """What is left, once the writer has closed the pipe."""

        def found() -> bytes | None:
            if not self._ended:
                return None
            rest = bytes(self._bytes[self._taken :])
            self._taken = len(self._bytes)
            return rest

        return self.wait(found, "the end", deadline)


class Running:
    """A process, its two outputs, and its keyboard."""

    def __init__(
        self,
        argv: Sequence[str | os.PathLike[str]],
        *,
        keyboard: bool = False,
        stdin: int | None = None,
        env: dict[str, str | None] | None = None,
        cwd: os.PathLike[str] | None = None,
        own_terminal: bool = False,
    ) -> None:
        """`own_terminal`: `stdin` is a terminal, and becomes the one that controls the process, as for a person."""
        self.argv = [os.fspath(a) for a in argv]
        environment = dict(os.environ)
        for name, value in (env or {}).items():
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = value
        self.process = subprocess.Popen(
            self.argv,
            stdin=subprocess.PIPE if keyboard else (subprocess.DEVNULL if stdin is None else stdin),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=cwd,
            start_new_session=True,  # so that what it starts ends with it, and a Ctrl+C at the tests is not its own
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if own_terminal else None,
        )
        self.out = Output(self._adopt(self.process.stdout), "stdout")
        self.err = Output(self._adopt(self.process.stderr), "stderr")
        self.status_was_read = False

    @staticmethod
    def _adopt(pipe) -> int:
        descriptor = os.dup(pipe.fileno())
        pipe.close()
        return descriptor

    @property
    def pid(self) -> int:
        return self.process.pid

    def describe(self) -> str:
        def tail(output: Output) -> str:
            lines = output.everything()[-20_000:].decode(errors="backslashreplace").split("\n")
            return "\n".join(line if len(line) < 300 else line[:300] + "…" for line in lines[-30:])

        return (
            f"\n$ {shlex.join(self.argv)}\nstatus: {self.process.poll()}\n"
            f"--- stdout\n{tail(self.out)}\n--- stderr\n{tail(self.err)}"
        )

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        try:
            yield
        except Failure as failure:
            raise Failure(f"{failure}{self.describe()}") from None

    def type(self, *lines: str | bytes) -> None:
        """Types each line and Enter."""
        assert self.process.stdin is not None, "started without a keyboard"
        for line in lines:
            data = line if isinstance(line, bytes) else line.encode()
            self.process.stdin.write(data + b"\n")
        self.process.stdin.flush()

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None, "started without a keyboard"
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def end_input(self) -> None:
        assert self.process.stdin is not None, "started without a keyboard"
        self.process.stdin.close()

    def line(self, deadline: float = DEADLINE) -> str:
        """The next line of stdout."""
        with self.explained():
            line = self.out.line(deadline)
            if line is None:
                raise Failure("waited for a line on stdout, which ended")
        return line.decode()

    def expect(self, pattern: str, *, on: str = "out", deadline: float = DEADLINE) -> re.Match[str]:
        """Reads lines until one matches."""
        output: Output = getattr(self, on)
        with self.explained():
            while (line := output.line(deadline)) is not None:
                if match := re.search(pattern, line.decode(errors="backslashreplace")):
                    return match
            raise Failure(f"waited for {pattern!r} on std{on}, which ended")

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def exit_status(self, deadline: float = DEADLINE) -> int:
        """Waits for the end. Negative: killed by that signal."""
        self.status_was_read = True
        try:
            return self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            raise Failure(f"did not end within {deadline} s{self.describe()}") from None

    def stderr(self, deadline: float = DEADLINE) -> str:
        """All that it wrote to stderr, once it has ended."""
        self.exit_status(deadline)
        with self.explained():
            self.err.rest(deadline)
        return self.err.everything().decode()

    def bound_port(self, kind: str, deadline: float = DEADLINE) -> int:
        """The port of its first socket of that kind ("udp", "tcp"), for programs that do not tell."""
        return wait_until(lambda: next(iter(bound_ports(self.pid, kind)), None), f"a {kind} port of {self.argv[0]}",
                          deadline)

    def kill(self) -> None:
        """Ends it and what it started, whatever state it is in."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()


class Desk(Running):
    """A running sockdesk. With `--format json` its stdout is read as events, each checked against the contract."""

    def __init__(
        self,
        binary: str,
        args: Sequence[str | os.PathLike[str]],
        *,
        prefix: Sequence[str] = (),
        format: str | None = "json",
        **process,
    ) -> None:
        chosen = [] if format is None else ["--format", format]
        super().__init__([*prefix, binary, *args, *chosen], **process)
        self.events: list[dict] = []

    def next_event(self, deadline: float = DEADLINE) -> dict | None:
        """The next event; None at the end of stdout."""
        with self.explained():
            line = self.out.line(deadline)
        if line is None:
            return None
        try:
            event = contract.parse_event(line)
            contract.check_order(self.events, event)
        except AssertionError as problem:
            raise Failure(f"{problem}\nin {line!r}{self.describe()}") from None
        self.events.append(event)
        return event

    def event(self, kind: str, deadline: float = DEADLINE, **fields) -> dict:
        """The next event of that kind with these fields; those before it are in `events`."""
        while (event := self.next_event(deadline)) is not None:
            if event["event"] == kind and all(event.get(name) == value for name, value in fields.items()):
                return event
        raise Failure(f"stdout ended without the event {kind} {fields or ''}{self.describe()}")

    def opened(self) -> tuple[str, int]:
        """Waits for the first line, which must be `open`, and returns the local address."""
        event = self.next_event()
        assert event is not None and event["event"] == "open", f"first line is not `open`{self.describe()}"
        return contract.parse_address(event["local"])

    def finished(self, status: int = 0) -> list[dict]:
        """Waits for the end with that status; all events."""
        while self.next_event() is not None:
            pass
        got = self.exit_status()
        assert got == status, f"status {got}, expected {status}{self.describe()}"
        return self.events

    def interrupted(self, number: int = signal.SIGINT) -> list[dict]:
        """Stops it as a person would, and returns all events."""
        self.signal(number)
        return self.finished()

    def totals(self) -> dict:
        """The close event, which must be the last."""
        assert self.events and self.events[-1]["event"] == "close", f"last line is not `close`{self.describe()}"
        return self.events[-1]

    def of_kind(self, kind: str) -> list[dict]:
        return [event for event in self.events if event["event"] == kind]

    def _has_said_the_last_line(self) -> bool:
        last = self.out.everything()[-1000:].rstrip(b"\n").rpartition(b"\n")[2]
        return b'"event":"close"' in last or b"]# Closed." in last

    def close_checked(self) -> None:
        """At the end of a test: it must still be well, end by a signal with 0, and no sanitizer may have spoken."""
        try:
            if self.process.poll() is None and not self._has_said_the_last_line():
                self.signal(signal.SIGTERM)
                self.status_was_read = False
            if not self.status_was_read:
                status = self.exit_status()
                assert status == 0, f"ended with status {status}, expected 0{self.describe()}"
        finally:
            self.kill()
        with self.explained():
            self.err.rest()
        report = self.err.everything().decode(errors="backslashreplace")
        found = re.search(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:", report)
        assert found is None, f"a sanitizer reports:\n{report}"


# ---- what the kernel knows


def wait_until(found: Callable[[], T | None], wanted: str, deadline: float = DEADLINE) -> T:
    """For what no file descriptor tells: asks again and again, until the result is neither None nor False."""
    end = time.monotonic() + deadline
    while (result := found()) is None or result is False:
        if time.monotonic() > end:
            raise Failure(f"waited {deadline} s for {wanted}")
        time.sleep(0.002)  # the pause between two looks, not a guess at how long something takes
    return result


def _socket_inodes(pid: int) -> set[str]:
    inodes = set()
    with contextlib.suppress(FileNotFoundError, PermissionError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if match := re.fullmatch(r"socket:\[(\d+)]", os.readlink(descriptor)):
                    inodes.add(match[1])
    return inodes


def socket_rows(pid: int, kind: str) -> list[dict[str, str]]:
    """The rows of /proc/PID/net/{udp,tcp} (proc(5)), of both families, that belong to the process."""
    inodes = _socket_inodes(pid)
    rows = []
    for family in ("", "6"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for line in Path(f"/proc/{pid}/net/{kind}{family}").read_text().splitlines()[1:]:
                cells = line.split()
                if cells[9] in inodes:
                    rows.append({
                        "local": cells[1],
                        "remote": cells[2],
                        "state": cells[3],
                        "rx_queue": cells[4].split(":")[1],
                        "drops": cells[12] if kind == "udp" else "0",
                    })
    return rows


def bound_ports(pid: int, kind: str) -> list[int]:
    """Ports of its sockets; of TCP, those that listen."""
    listening = "0A"
    rows = socket_rows(pid, kind)
    ports = [int(r["local"].split(":")[1], 16) for r in rows if kind == "udp" or r["state"] == listening]
    return [port for port in ports if port != 0]


def spare_port(kind: int = socket.SOCK_STREAM, host: str = "127.0.0.1") -> int:
    """A port that nobody holds, below the range that the kernel picks from, so that nobody is given it meanwhile."""
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for _ in range(200):
        port = random.randrange(max(1024, first - 20000), first)
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise Failure("no spare port found")


def resident_bytes(pid: int) -> int:
    """RSS, as in proc(5), /proc/PID/status."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise Failure(f"process {pid} has no memory")


def cpu_seconds(pid: int) -> float:
    """What all of its threads have run so far: the first field of schedstat, nanoseconds (Linux, sched-stats)."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread may end meanwhile
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


# ---- networks of a test's own


class Namespace:
    """A network namespace held by a process that does nothing else; commands run in it with `prefix`."""

    def __init__(self, start: Callable[..., Running], inside: "Namespace | None" = None) -> None:
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        make = ["unshare", *([] if inside else user), "--net"]
        holder = start([*(inside.prefix if inside else []), *make, "sh", "-c", "echo ready; exec cat"], keyboard=True)
        try:
            holder.expect("^ready$")
        except Failure:
            raise NamespacesUnavailable(holder.stderr().strip()) from None
        self.holder = holder
        enter_user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        self.prefix = ["nsenter", "--target", str(holder.pid), *enter_user, "--net"]
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *argv: str) -> str:
        done = subprocess.run([*self.prefix, *argv], capture_output=True, text=True, timeout=DEADLINE)
        assert done.returncode == 0, f"{shlex.join(argv)}: {done.stderr}"
        return done.stdout


def with_hosts_file(path: Path) -> list[str]:
    """A prefix for commands that are to see another /etc/hosts, in a mount namespace of their own."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    prefix = ["unshare", *user, "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(path)]
    tried = subprocess.run([*prefix, "true"], capture_output=True, text=True, timeout=DEADLINE)
    if tried.returncode != 0:
        raise NamespacesUnavailable(tried.stderr.strip())
    return prefix


def with_small_disk(folder: Path, size: str) -> list[str]:
    """A prefix for a command that is to find a disk of that size at `folder`, in a mount namespace of its own: others see
    it as /proc/PID/root/FOLDER for as long as the process lives."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    mount = f'mount -t tmpfs -o size={size} small "$0" && exec "$@"'
    prefix = ["unshare", *user, "--mount", "sh", "-c", mount, str(folder)]
    tried = subprocess.run([*prefix, "true"], capture_output=True, text=True, timeout=DEADLINE)
    if tried.returncode != 0:
        raise NamespacesUnavailable(tried.stderr.strip())
    return prefix


class NamespacesUnavailable(Exception):
    """The system permits none, to this user."""


class TwoHosts:
    """Two namespaces joined by a cable: 10.77.0.1 is `here`, 10.77.0.2 is `there`."""

    HERE = "10.77.0.1"
    THERE = "10.77.0.2"

    def __init__(self, start: Callable[..., Running]) -> None:
        self.here = Namespace(start)
        self.there = Namespace(start, inside=self.here)
        self.here.run("ip", "link", "add", "cable", "type", "veth", "peer", "name", "far")
        self.here.run("ip", "link", "set", "far", "netns", str(self.there.holder.pid))
        for side, device, address in ((self.here, "cable", self.HERE), (self.there, "far", self.THERE)):
            side.run("ip", "address", "add", f"{address}/24", "brd", "+", "dev", device)
            side.run("ip", "link", "set", device, "up")
            side.run("ip", "route", "add", "default", "dev", device)
