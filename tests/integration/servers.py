"""Servers of Debian that are not ours, on loopback: unprivileged, each with a configuration, a folder and a port of its own.

`third_party/setup` unpacks their packages without installing them, so the machine's own services are never asked.
"""

from __future__ import annotations

import grp
import importlib
import os
import pwd
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, NoReturn, Sequence

import pytest

from sockdesk_process import Failure, Running, bound_ports, spare_port, wait_until

UNPACKED = Path(__file__).resolve().parents[2] / "third_party" / ".cache" / "servers"


@dataclass
class Server:
    process: Running
    port: int

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


class Servers:
    """Starts them with `peer`, the fixture that ends them too."""

    def __init__(self, peer: Callable[..., Running], folder: Path) -> None:
        self._peer = peer
        self._folder = folder

    def dnsmasq(self, *records: str) -> Server:
        """A name server that knows these options and nothing else: no hosts file, no server above it."""
        return self._start("dnsmasq", "udp", lambda port: [
            "--keep-in-foreground", "--log-facility=-", "--conf-file=/dev/null", "--pid-file=", f"--user={user()}",
            "--no-resolv", "--no-hosts", "--no-poll", "--bind-interfaces", "--listen-address=127.0.0.1", f"--port={port}",
            *records])

    def chronyd(self) -> Server:
        """A time server that trusts the machine's clock and does not touch it."""

        def arguments(port: int) -> list[str]:
            file = self._write("chrony.conf", "local stratum 8", "allow 127.0.0.1", "bindaddress 127.0.0.1", f"port {port}",
                               "cmdport 0", "bindcmdaddress /", f"pidfile {self._folder}/chronyd.pid")
            return ["-d", "-x", "-U", "-u", user(), "-f", file]

        return self._start("chronyd", "udp", arguments)

    def snmpd(self, description: str) -> Server:
        """An agent whose sysDescr.0 is this."""

        def arguments(port: int) -> list[str]:
            file = self._write("snmpd.conf", f"agentAddress udp:127.0.0.1:{port}", "rocommunity public 127.0.0.1",
                               f"sysDescr {description}")
            return ["-f", "-Lo", "-C", "-c", file]

        # MIBS: it needs no names of objects, and would look for their definitions in the system's folders.
        return self._start("snmpd", "udp", arguments, MIBS="", SNMPCONFPATH=str(self._folder),
                           SNMP_PERSISTENT_DIR=str(self._folder / "snmp"))

    def atftpd(self, files: dict[str, bytes]) -> Server:
        root = self._folder / "tftp"
        root.mkdir()
        for name, content in files.items():
            (root / name).write_bytes(content)
        group = grp.getgrgid(os.getgid()).gr_name
        return self._start("atftpd", "udp", lambda port: [
            "--daemon", "--no-fork", "--logfile", "-", "--verbose=7", "--user", user(), "--group", group,
            "--bind-address", "127.0.0.1", "--port", str(port), str(root)])

    def mosquitto(self) -> Server:
        """A broker that says on stderr what each client does."""

        def arguments(port: int) -> list[str]:
            file = self._write("mosquitto.conf", f"listener {port} 127.0.0.1", "allow_anonymous true", "persistence false",
                               f"user {user()}")
            return ["--verbose", "-c", file]

        return self._start("mosquitto", "tcp", arguments)

    def _write(self, name: str, *lines: str) -> str:
        path = self._folder / name
        path.write_text("".join(line + "\n" for line in lines))
        return str(path)

    def _start(self, name: str, kind: str, arguments: Callable[[int], Sequence[str]], **environment: str) -> Server:
        """None of them takes port 0 for "any": between the choice of a port and its use somebody else may take it."""
        path, libraries = program(name)
        if libraries:
            environment["LD_LIBRARY_PATH"] = libraries
        for _ in range(5):
            port = spare_port(socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
            process = self._peer([path, *arguments(port)], env=environment, cwd=self._folder)

            def ready() -> bool:
                return port in bound_ports(process.pid, kind) or process.process.poll() is not None

            with process.explained():
                wait_until(ready, f"{name} at its port", 60)
            if process.process.poll() is None:
                return Server(process, port)
        raise Failure(f"{name} does not start{process.describe()}")


def user() -> str:
    """As root they would turn into a user of their package, which has not been installed."""
    return pwd.getpwuid(os.getuid()).pw_name


def program(name: str) -> tuple[str, str]:
    """Its path, and the folders of the libraries that were unpacked with it."""
    unpacked = UNPACKED / "usr" / "sbin" / name
    if unpacked.exists():
        folders = {str(library.parent) for library in UNPACKED.rglob("*.so*")}
        return str(unpacked), ":".join(sorted(folders))
    if installed := shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"):
        return installed, ""
    lacking(f"the server {name}")


def python_module(name: str) -> None:
    """For a server that is a script of ours around this module."""
    try:
        importlib.import_module(name)
    except ImportError as reason:
        lacking(f"the Python module {name} ({reason})")


def lacking(what: str) -> NoReturn:
    """Where setup can have it there, a test that is left out would go unnoticed."""
    if shutil.which("apt-get"):
        pytest.fail(f"needs {what}: third_party/setup brings it")
    pytest.skip(f"needs {what}")
