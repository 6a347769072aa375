"""Writes the speed table of README.md from the stored results; measures nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "summary_speed.json"
BEGIN, END = "<!-- speed:begin -->", "<!-- speed:end -->"
TOOLS = {"convwise": "convwise", "keras": "Keras `summary()`", "onnx": "onnx shape inference"}
QUESTIONS = {
    "two layers, process": "two-layer network, whole process",
    "ResNet-50, process": "ResNet-50, whole process",
    "two layers, warm": "two-layer network, warm",
    "ResNet-50, warm": "ResNet-50, warm",
}


def table(found: dict[str, Any]) -> str:
    """The results as Markdown."""
    lines = [
        "| | tool | CPU seconds, median (least to most) | time, ours = 1 | peak memory |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for key, title in QUESTIONS.items():
        for tool, name in TOOLS.items():
            lines.append(_row(found[key], tool, f"{title} | {name}"))
    chains = [f"{int(n):,} layers {_digits(s['median'])} s" for n, s in found["chains"].items()]
    return "\n".join(
        [*lines, "", f"Chains of convolutions, warm: {', '.join(chains)}.", "", _on(found)]
    )


def _row(found: dict[str, Any], tool: str, title: str) -> str:
    seconds = found["seconds"][tool]
    times = found["times ours"].get(tool)
    ratio = "1" if times is None else f"{_digits(times['median'])} ({_range(times)})"
    memory = found.get("megabytes", {}).get(tool)
    peak = "" if memory is None else f"{memory['median']:.0f} MB"
    return f"| {title} | {_digits(seconds['median'])} ({_range(seconds)}) | {ratio} | {peak} |"


def _range(values: dict[str, float]) -> str:
    return f"{_digits(values['least'])} to {_digits(values['most'])}"


def _digits(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _on(found: dict[str, Any]) -> str:
    machine = found["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    rounds = found["rounds"]
    return (
        f"Tools in turn, {rounds['process']} rounds of processes and {rounds['warm']} warm ones, "
        f"all agreeing on parameters and output shape; {machine['processor']}, {machine['cores']} "
        f"cores, Python {machine['python']}, {versions}. onnx is given a ready graph and infers "
        f"shapes only; convwise and Keras start from the Python source."
    )


def main() -> None:
    """Put the table between the markers of README.md."""
    path = ROOT / "README.md"
    text = path.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    found = json.loads(RESULTS.read_text("utf-8"))
    path.write_text(f"{head}{BEGIN}\n{table(found)}\n{END}{tail}", "utf-8")


if __name__ == "__main__":
    main()
