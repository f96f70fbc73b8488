"""The shortcuts that the program brings along, in assets/shortcuts."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "shortcuts"


def shortcuts(file: str) -> list[dict]:
    return json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))["shortcuts"]


def named(file: str, name: str) -> dict:
    return next(each for each in shortcuts(file) if each["name"] == name)


def sending(*chosen: dict) -> list[str]:
    """The options by which the terminal sends these, one after the other. What concerns all of a run has to be the same in each."""
    options = []
    if chosen[0].get("escapes"):
        options.append("--escapes")
    if any("{{" in each["payload"] for each in chosen):
        options.append("--template")
    if "trailer" in chosen[0]:
        options += ["--checksum", chosen[0]["trailer"]]
    for each in chosen:
        assert (each.get("escapes"), each.get("trailer")) == (chosen[0].get("escapes"), chosen[0].get("trailer"))
        options += ["--send-hex" if each.get("mode") == "hex" else "--send", each["payload"]]
    return options
