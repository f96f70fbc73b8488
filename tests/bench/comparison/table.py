"""What a comparison says, as rows of Markdown tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Row:
    """One line of the main table. `met` is None where there is no goal."""

    what: str
    ours: str
    peers: str = "—"
    ratio: str = "—"
    goal: str = "—"
    met: bool | None = None


def markdown(rows: list[Row]) -> str:
    head = ["what", "Sockdesk", "peers, in the same run", "ratio", "goal", "met"]
    answer = {None: "—", True: "yes", False: "**no**"}
    lines = [head, ["---"] * len(head)]
    lines += [[row.what, row.ours, row.peers, row.ratio, row.goal, answer[row.met]] for row in rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def share(part: float, whole: float) -> str:
    """Rounded towards zero, so that one lost of a million never reads as all of them."""
    if whole == 0:
        return "—"
    percent = part / whole * 100
    return "100 %" if part == whole else f"{int(percent * 100) / 100:.2f} %"


def rate(bytes_a_second: float) -> str:
    return f"{bytes_a_second / 1e9:.2f} GB/s"


def thousands(count: float) -> str:
    return f"{count:,.0f}"


def spread(values: list[float], form: str = "{:.2f}") -> str:
    """The median of rounds, and between what they lay where there was more than one."""
    ordered = sorted(values)
    middle = form.format(ordered[len(ordered) // 2])
    if len(ordered) == 1:
        return middle
    return f"{middle} ({form.format(ordered[0])} to {form.format(ordered[-1])})"
