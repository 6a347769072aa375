"""Writes the accuracy table of docs/how-it-compares.md from the stored results; asks no tool."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.accuracy import ASKED, RESULTS
from benchmarks.contenders import CONTENDERS
from benchmarks.pages import COMPARED, put

TITLES = {"convwise": "convwise"}


def accuracy_table(found: dict[str, Any]) -> str:
    """One row for each question, one column for each tool, and where each truth comes from."""
    titles = [TITLES.get(tool, CONTENDERS[tool].title) for tool in ASKED]
    lines = [
        f"| multiply-adds of one example | truth | {' | '.join(titles)} |",
        f"| --- | ---: |{' --- |' * len(ASKED)}",
    ]
    for case in found["cases"]:
        cells = [_cell(case["truth"], case["said"][tool]) for tool in ASKED]
        lines.append(f"| {case['question']} | {case['truth']:,} | {' | '.join(cells)} |")
    lines.append(f"| **right** | {len(found['cases'])} | {' | '.join(_right(found))} |")
    versions = ", ".join(f"{name} {number}" for name, number in _versions(found).items())
    return "\n".join([*lines, "", f"{versions}.", "", *_truths(found)])


def _cell(truth: int, said: dict[str, Any]) -> str:
    verdict = said["verdict"]
    if verdict in ("right", "refused"):
        return str(verdict)
    if verdict == "besides":
        return f"right + {said['macs'] - truth:,}"
    shown = f"{said['macs']:,}"
    return f"{shown}, said so" if verdict == "told" else shown


def _right(found: dict[str, Any]) -> list[str]:
    verdicts = [[case["said"][tool]["verdict"] for case in found["cases"]] for tool in ASKED]
    return [str(sum(verdict in ("right", "besides") for verdict in said)) for said in verdicts]


def _versions(found: dict[str, Any]) -> dict[str, str]:
    named = ("convwise", "torch", "torchlens", "fvcore", "torchinfo")
    return {name: found["versions"][name] for name in named}


def _truths(found: dict[str, Any]) -> list[str]:
    """The derivations: what was built, and why its number is what it is."""
    lines = ["Where the truths come from:", ""]
    for case in found["cases"]:
        size = " x ".join(map(str, case["input"]))
        lines.append(f"- {case['question']}, input {size}: {case['because']}.")
    return lines


def main() -> None:
    """Write the table."""
    put(COMPARED, "accuracy", accuracy_table(json.loads(RESULTS.read_text("utf-8"))))


if __name__ == "__main__":
    main()
