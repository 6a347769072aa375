"""Writes the table of mixed precision and recomputation into docs/memory.md; measures nothing."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from benchmarks.pages import ROOT, put

RESULTS = Path(__file__).parent / "results" / "precision_costs.json"
PAGE = ROOT / "docs" / "memory.md"
MARK = "precision"
#: What is done in a step: the precision, and whether layers are computed again.
WAYS = {
    "as it is": ("float32", False),
    "bf16 mixed": ("bf16-mixed", False),
    "computed again": ("float32", True),
    "both": ("bf16-mixed", True),
}


def table(found: dict[str, Any]) -> str:
    """A row per network: what each way took, and by how much the prediction was off."""
    runs = found["runs"]
    networks = dict.fromkeys([one["network"] for one in runs])
    lines = [
        f"| network | batch | {' | '.join(WAYS)} |",
        f"| --- | ---: |{' ---: |' * len(WAYS)}",
        *[_row([one for one in runs if one["network"] == name]) for name in networks],
    ]
    return "\n".join([*lines, "", *_sentences(runs)])


def _row(runs: list[dict[str, Any]]) -> str:
    first = runs[0]
    name = first["network"].removesuffix(".py").replace(".py:", ": ")
    cells = [name, f"{first['batch']}, {first['optimizer']}"]
    for way in WAYS.values():
        (one,) = [one for one in runs if (one["precision"], one["again"]) == way]
        cells.append(f"{one['peak'][1] / 2**20:.1f}, {_error(one):+.2%}")
    return f"| {' | '.join(cells)} |"


def _sentences(runs: list[dict[str, Any]]) -> list[str]:
    lines = ["MiB of tensors and scratch at the peak, measured; predicted over measured, less one."]
    for way, (precision, again) in WAYS.items():
        errors = [
            abs(_error(one))
            for one in runs
            if (one["precision"], one["again"]) == (precision, again)
        ]
        lines.append(
            f"{way.capitalize()}: median error {statistics.median(errors):.3%}, largest "
            f"{max(errors):.3%}."
        )
    return [" ".join(lines), "", f"On {runs[0]['environment']}."]


def _error(one: dict[str, Any]) -> float:
    predicted, measured = one["peak"]
    return float(predicted / measured - 1)


def main() -> None:
    """Put the table on its page."""
    put(PAGE, MARK, table(json.loads(RESULTS.read_text("utf-8"))))


if __name__ == "__main__":
    main()
