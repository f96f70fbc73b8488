"""What the parts cost by themselves."""

from __future__ import annotations

from comparison.google_benchmark import Result, run
from comparison.workshop import Workshop

# program: (what is said of it, its benchmark)
CHOSEN = {
    "bench_capture": {
        "append a datagram of 64 B to the log, indexed": "append_datagram/64",
        "append a datagram of 1,400 B": "append_datagram/1400",
        "append 64 KiB of a stream": "append_stream/65536",
        "read a record, one after the other": "read_records/1",
    },
    "bench_codec": {
        "decode 1,400 B of UTF-8, Chinese": "decode/chinese_utf8/1400",
        "decode 1,400 B of GBK, Chinese": "decode/chinese_gbk/1400",
        "decode 64 KiB of ASCII": "decode/ascii_as_utf8/65536",
        "write as hex": "hex_of/upper",
    },
    "bench_query": {
        "filter datagrams of 64 B by address and length": "filter_address/64",
        "filter datagrams of 1,400 B by text": "filter_text/1400",
        "search datagrams of 1,400 B for text": "search_literal/1400",
        "search a stream for text": "search_literal_stream/65495",
        "search datagrams of 1,400 B by a regular expression": "search_regex/1400",
        "for comparison: every byte of these only added up": "sum_bytes/1400",
    },
}


def told(result: Result) -> str:
    cells = []
    if result.items_per_second:
        cells.append(f"{1e9 / result.items_per_second:,.0f} ns each")
    if result.bytes_per_second:
        cells.append(f"{result.bytes_per_second / 1e9:,.2f} GB/s")
    return ", ".join(cells) or f"{result.seconds * 1e9:,.0f} ns"


def measure(workshop: Workshop) -> list[str]:
    lines = ["| part | cost |", "| --- | --- |"]
    for program, parts in CHOSEN.items():
        names = "|".join(parts.values())
        # How a benchmark takes its time is part of its name in Google Benchmark.
        results = {name.removesuffix("/real_time").removesuffix("/process_time"): result
                   for name, result in run(workshop, program, f"^({names})(/(real|process)_time)?$").items()}
        lines += [f"| {what} | {told(results[name])} |" for what, name in parts.items()]
    return ["\n".join(lines)]
