"""Fixtures: a binary to start, peers to talk to, sockets that are closed, networks that are torn down."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from contract import LogReader
from loopback import Sockets
from sockdesk_process import PEERS, Desk, NamespacesUnavailable, Running, TwoHosts, with_hosts_file


@pytest.fixture(scope="session")
def binary() -> str:
    path = os.environ.get("SOCKDESK")
    if not path:
        pytest.fail("set SOCKDESK to the sockdesk binary to be tested")
    assert os.access(path, os.X_OK), f"SOCKDESK={path} is not a program"
    return os.path.abspath(path)


@pytest.fixture
def peer():
    """Starts another program: peer(["socat", …]) -> Running. All are killed at the end of the test."""
    started: list[Running] = []

    def start(argv, **process) -> Running:
        started.append(Running(argv, **process))
        return started[-1]

    yield start
    for process in started:
        process.kill()


@pytest.fixture
def script(peer):
    """Starts one of the Python programs in peers/, with a keyboard to type at."""

    def start(name: str, *args, prefix=(), **process) -> Running:
        process.setdefault("keyboard", True)
        argv = [*prefix, sys.executable, "-u", PEERS / name, *map(str, args)]
        return peer(argv, env={"PYTHONIOENCODING": "utf-8", **process.pop("env", {})}, **process)

    return start


@pytest.fixture
def sockdesk(binary):
    """Starts sockdesk: sockdesk("udp", "--local", "127.0.0.1:0") -> Desk. `format` is json unless told otherwise.

    At the end of the test each that still runs gets SIGTERM and has to end with 0.
    """
    started: list[Desk] = []

    def start(*args, **options) -> Desk:
        started.append(Desk(binary, args, **options))
        return started[-1]

    yield start
    problems = []
    for desk in started:
        try:
            desk.close_checked()
        except AssertionError as problem:
            problems.append(str(problem))
    assert not problems, "\n".join(problems)


@pytest.fixture
def log_of():
    """The entries of a desk started with format="log"."""
    return lambda desk: LogReader(desk.out.line)


@pytest.fixture
def sockets():
    made = Sockets()
    yield made
    made.close()


@pytest.fixture
def two_hosts(peer) -> TwoHosts:
    """Two hosts on one network segment, made of namespaces."""
    try:
        return TwoHosts(peer)
    except NamespacesUnavailable as reason:
        pytest.skip(f"no network namespaces here: {reason}")


@pytest.fixture
def two_addresses(tmp_path: Path) -> list[str]:
    """A prefix for commands to which the name `both.test` is ::1 and 127.0.0.1, whatever this machine's own names are."""
    path = tmp_path / "hosts"
    path.write_text("::1 both.test\n127.0.0.1 both.test\n")
    try:
        return with_hosts_file(path)
    except NamespacesUnavailable as reason:
        pytest.skip(f"no mount namespaces here: {reason}")


@pytest.fixture
def all_bytes_file(tmp_path: Path) -> Path:
    path = tmp_path / "all_bytes.bin"
    path.write_bytes(bytes(range(256)))
    return path
