#!/usr/bin/env python3
"""The processor time that an open session without traffic takes, of every thread, by the scheduler's own count
(/proc/PID/task/*/schedstat, nanoseconds). Ends with 1 where it is 0.5 % of one core or more.
"""

from __future__ import annotations

import sys
import time

from bench_programs import binary, machine, parser

from sockdesk_process import Desk, cpu_seconds

LIMIT = 0.005


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--seconds", type=float, default=20)
    options = arguments.parse_args()
    desk_binary = binary(options)
    print(machine())
    well = True
    for args in (("udp", "--local", "127.0.0.1:0"), ("tcp-server", "--local", "127.0.0.1:0")):
        desk = Desk(desk_binary, args)
        try:
            desk.opened()
            before, start = cpu_seconds(desk.pid), time.monotonic()
            time.sleep(options.seconds)
            used = (cpu_seconds(desk.pid) - before) / (time.monotonic() - start)
        finally:
            desk.close_checked()
        well &= used < LIMIT
        print(f"{args[0]:<12}{used:>9.4%} of one core over {options.seconds:g} s")
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
