"""Writes the speed tables of README.md and docs/how-it-compares.md from the stored results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.contenders import CONTENDERS
from benchmarks.pages import COMPARED, README, put

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "summary_speed.json"
CPU, WALL = "process, cpu seconds", "process, wall seconds"
MEMORY = "process, peak megabytes"
SOURCE, MODEL = "warm from source, cpu seconds", "warm from model, cpu seconds"


def short_table(found: dict[str, Any]) -> str:
    """Medians of whole processes and of warm answers, and how many times ours they are."""
    lines = []
    for title, network in found["networks"].items():
        lines += [
            f"| {_sized(title, network)} | whole process, CPU s | times ours | peak memory "
            "| warm, CPU ms | times ours |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
        ]
        for tool, contender in CONTENDERS.items():
            cells = [
                contender.title,
                _digits(network[CPU]["seconds"][tool]["median"]),
                _times(network[CPU], tool),
                f"{network[MEMORY][tool]['median']:.0f} MB",
                _digits(1000 * network[SOURCE]["seconds"][tool]["median"]),
                _times(network[SOURCE], tool),
            ]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join([*lines, _chains(found), "", _on(found)])


def long_table(found: dict[str, Any]) -> str:
    """Every measurement with its least and most, and the totals that each tool gave."""
    lines = []
    for title, network in found["networks"].items():
        lines += [f"### {_sized(title, network)}", "", *_seconds(network), "", *_said(network), ""]
    return "\n".join([*lines, _chains(found, spread=True), "", _on(found)])


def _seconds(network: dict[str, Any]) -> list[str]:
    titles = {
        CPU: "process, CPU s",
        WALL: "process, wall s",
        SOURCE: "warm from the file, CPU s",
        MODEL: "warm from its model, CPU s",
    }
    lines = [
        f"| | {' | '.join(titles.values())} | process, peak MB |",
        f"| --- |{' ---: |' * 5}",
    ]
    for tool, contender in CONTENDERS.items():
        cells = [contender.title]
        cells += [_spread(network[key]["seconds"][tool]) for key in titles]
        cells.append(_spread(network[MEMORY][tool]))
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _said(network: dict[str, Any]) -> list[str]:
    lines = ["| | parameters | multiply-adds |", "| --- | ---: | ---: |"]
    for tool, contender in CONTENDERS.items():
        said = network["said"][tool]
        macs = "not given" if said["macs"] is None else f"{said['macs']:,}"
        lines.append(f"| {contender.title} | {said['parameters']:,} | {macs} |")
    return lines


def _sized(title: str, network: dict[str, Any]) -> str:
    return f"{title}, {' x '.join(map(str, network['input']))}"


def _times(measured: dict[str, Any], tool: str) -> str:
    times = measured["times ours"].get(tool)
    return "1" if times is None else _spread(times)


def _chains(found: dict[str, Any], *, spread: bool = False) -> str:
    parts = []
    for code, title in (("torch", "PyTorch"), ("keras", "Keras")):
        lengths = found["chains"][code].items()
        shown = ((n, _spread(s) if spread else _digits(s["median"])) for n, s in lengths)
        parts.append(f"{title} code: {', '.join(f'{int(n):,} layers {s} s' for n, s in shown)}")
    return f"Chains of convolutions, convwise, warm. {'. '.join(parts)}."


def _spread(values: dict[str, float]) -> str:
    least, most = _digits(values["least"]), _digits(values["most"])
    return f"{_digits(values['median'])} ({least} to {most})"


def _digits(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _on(found: dict[str, Any]) -> str:
    machine, rounds = found["machine"], found["rounds"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"Tools in turn, each in processes of its own, {rounds['process']} rounds of whole "
        f"processes and {rounds['warm']} warm ones, one thread: medians (least to most). "
        f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}, {versions}."
    )


def main() -> None:
    """Write both tables."""
    found = json.loads(RESULTS.read_text("utf-8"))
    put(README, "speed", short_table(found))
    put(COMPARED, "speed", long_table(found))


if __name__ == "__main__":
    main()
