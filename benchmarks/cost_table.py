"""Writes the table of predicted and measured costs into docs/memory.md; measures nothing."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

from benchmarks.pages import ROOT, put

RESULTS = Path(__file__).parent / "results" / "costs.json"
PAGE = ROOT / "docs" / "memory.md"
MARK = "costs"


def table(found: dict[str, Any]) -> str:
    """A row per run, networks that were not looked at while developing in italics; medians."""
    runs = found["runs"]
    lines = [
        "| network | batch | step | peak of tensors, measured | predicted | by rules, MiB "
        "| process | time, heap kept | predicted | time, usual heap | predicted |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *[_row(one) for one in runs],
    ]
    return "\n".join([*lines, "", *_sentences(runs), "", f"On {runs[0]['environment']}."])


def _row(one: dict[str, Any]) -> str:
    name = one["network"].removesuffix(".py").replace(".py:", ": ")
    name = f"*{name}*" if one["unseen"] else name
    low, high = one["rules"]
    cells = [
        name,
        str(one["batch"]),
        one["optimizer"] or "inference",
        f"{one['peak'][1] / 2**20:.1f} MiB",
        f"{_error(one, 'peak'):+.2%}",
        f"{low / 2**20:.0f} to {high / 2**20:.0f}",
        f"{_error(one, 'process'):+.1%}",
        f"{one['kept_heap_seconds'][1] * 1e3:.1f} ms",
        f"{_error(one, 'kept_heap_seconds'):+.0%}",
        f"{one['seconds'][1] * 1e3:.1f} ms",
        f"{_error(one, 'seconds'):+.0%}",
    ]
    return f"| {' | '.join(cells)} |"


def _error(one: dict[str, Any], what: str) -> float:
    predicted, measured = one[what][:2]
    return float(predicted / measured - 1)


def _sentences(runs: list[dict[str, Any]]) -> list[str]:
    """Medians and largest errors, over all networks and over those in italics."""
    unseen = [one for one in runs if one["unseen"]]
    inside = sum(one["rules"][0] <= one["peak"][1] <= one["rules"][1] for one in runs)
    narrow = sum(one["rules"][1] <= 1.5 * one["rules"][0] for one in runs)
    return [
        f"Peak of tensors and scratch, {len(runs)} runs: {_spread(runs, 'peak', '.3%')}; networks "
        f"in italics, which were not looked at while this was developed, {len(unseen)} runs: "
        f"{_spread(unseen, 'peak', '.3%')}.",
        f"By rules: {inside} of {len(runs)} measured peaks are inside; the high end is at most 1.5 "
        f"times the low one in {narrow}.",
        "Resident memory of the process, heap thresholds fixed: "
        f"{_spread(runs, 'process', '.1%')}.",
        *_times(unseen),
    ]


def _times(runs: list[dict[str, Any]]) -> list[str]:
    """Errors of time, training and inference, with both heaps."""
    found = []
    for word, trains in (("Training steps", True), ("Inference", False)):
        some = [one for one in runs if bool(one["optimizer"]) == trains]
        slow = [one for one in some if one["seconds"][1] > 5e-3]
        kept, usual = [_spread(slow, what, ".0%") for what in ("kept_heap_seconds", "seconds")]
        found.append(
            f"{word} over 5 ms, networks in italics, {len(slow)} runs: heap kept, {kept}; usual "
            f"heap, {usual}."
        )
    return found


def _spread(runs: list[dict[str, Any]], what: str, form: str) -> str:
    errors = [abs(_error(one, what)) for one in runs]
    high = sorted(errors)[int(0.9 * (len(errors) - 1))]
    return (
        f"median error {statistics.median(errors):{form}}, 90 % within {high:{form}}, "
        f"largest {max(errors):{form}}"
    )


def main() -> None:
    """Put the table on its page."""
    put(PAGE, MARK, table(json.loads(RESULTS.read_text("utf-8"))))


if __name__ == "__main__":
    main()
