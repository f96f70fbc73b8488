"""`sockdesk demo`: the main job in seconds, against itself."""

import re
import time



def test_the_demo_shows_the_main_job_and_ends_with_0_in_a_few_seconds(sockdesk):
    started = time.monotonic()
    desk = sockdesk("demo", format=None, env={"DISPLAY": None, "WAYLAND_DISPLAY": None})
    assert desk.exit_status() == 0
    assert time.monotonic() - started < 15
    log = desk.out.rest().decode()
    assert "port chosen by the system" in log
    assert re.search(r"(?m)^\[.*\]# RECV ASCII FROM 127\.0\.0\.1 :\d+>$", log)
    assert re.search(r"(?m)^\[.*\]# SEND (ASCII|HEX)", log)
    assert re.search(r"(?m)^\[.*\]# Client 127\.0\.0\.1:\d+ gets online\.$", log)
    assert re.search("[\u4e00-\u9fff]", log), "no Chinese"
    assert desk.stderr() == ""
