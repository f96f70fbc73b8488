"""A session without traffic rests."""

import time

import pytest

from sockdesk_process import cpu_seconds


@pytest.mark.parametrize("protocol", ["udp", "tcp-server"])
def test_an_open_session_without_traffic_uses_next_to_no_processor_time(sockdesk, tmp_path, protocol):
    desk = sockdesk(protocol, "--local", "127.0.0.1:0", "--save", tmp_path / "idle.pcapng")
    desk.opened()
    time.sleep(0.5)  # what opening set going (memory made ready ahead of need) is not what is measured
    before, start = cpu_seconds(desk.pid), time.monotonic()
    time.sleep(3)  # the measurement itself
    assert (cpu_seconds(desk.pid) - before) / (time.monotonic() - start) < 0.005
