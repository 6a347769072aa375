"""Writes the tables of docs/kernels.md from the stored results; measures nothing."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.kernels_run import RESULTS
from benchmarks.pages import ROOT, put

PAGE = ROOT / "docs" / "kernels.md"
PLAIN, LAST, OURS = "PyTorch", "PyTorch, channels_last_3d", "ours"
MARK = "kernels"


def tables(found: dict[str, Any]) -> str:
    """One table for each setting, then what it was measured on."""
    lines = []
    for setting in found["settings"]:
        lines += [*_table(setting), ""]
    about = found["machine"]
    return "\n".join(
        [
            *lines,
            f"{about['processor']}, {about['cores']} cores, PyTorch {about['versions']['torch']}; "
            "medians; all sides allocate their outputs; each row in a process of its own, the "
            "sides in turn.",
        ]
    )


def _table(setting: dict[str, Any]) -> list[str]:
    threads, size = setting["threads"], setting["size"]
    peak = setting["peak_flops_per_second"]
    title = f"16x{size}x{size}, {threads} thread{'s' if threads > 1 else ''}, {setting['level']}"
    return [
        f"**{title}**; measured peak of multiply-adds: {peak / 1e9:.0f} GFLOP/s.",
        "",
        "| channels, kernel | forward | input gradient | weight gradient | together "
        "| against channels_last_3d | ours, ms | part of the peak |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_line(row, peak) for row in setting["rows"]),
    ]


def _line(row: dict[str, Any], peak: float) -> str:
    steps = row["steps"]
    ratios = [_seconds(sides, PLAIN) / _seconds(sides, OURS) for sides in steps.values()]
    totals = {side: sum(_seconds(sides, side) for sides in steps.values()) for side in _sides()}
    flops = row["flops_of_each_step"]
    shares = [f"{flops / _seconds(sides, OURS) / peak:.0%}" for sides in steps.values()]
    kernel = "x".join([str(row["kernel"])] * 3)
    cells = [
        f"{row['inputs']}->{row['outputs']}, {kernel}",
        *map(_times, ratios),
        f"**{_times(totals[PLAIN] / totals[OURS])}**",
        _times(totals[LAST] / totals[OURS]),
        f"{1e3 * totals[OURS]:.1f}",
        ", ".join(shares),
    ]
    return f"| {' | '.join(cells)} |"


def _sides() -> tuple[str, ...]:
    return PLAIN, LAST, OURS


def _seconds(sides: dict[str, Any], side: str) -> float:
    return float(sides[side]["median_seconds"])


def _times(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"


def main() -> None:
    """Replaces the page's tables."""
    put(PAGE, MARK, tables(json.loads(RESULTS.read_text("utf-8"))))


if __name__ == "__main__":
    main()
