"""Writes the table of budgets and what plans took into docs/fit.md; measures nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.pages import ROOT, put

RESULTS = Path(__file__).parent / "results" / "fit.json"
PAGE = ROOT / "docs" / "fit.md"
MARK = "fit"


def table(found: dict[str, Any]) -> str:
    """A row per network and budget, then what the batches named took."""
    proofs = found["pairs"]
    lines = [
        "| network | batch | budget | ways that fit: promised at most, took | apart | largest "
        "batches named: took | above them |",
        "| --- | ---: | ---: | --- | ---: | --- | --- |",
        *[_row(one) for one in proofs],
    ]
    return "\n".join([*lines, "", *_sentences(found)])


def _row(proof: dict[str, Any]) -> str:
    pair = proof["pair"]
    exact = _apart(proof)
    cells = [
        pair["name"].partition(":")[2] or pair["name"],
        f"{pair['batch']}, {pair['optimizer']}",
        _mib(pair["budget"]),
        "<br>".join([_way(proof, number) for number in range(len(proof["outcomes"]))]),
        _small(max(exact)) if exact else "none is exact",
        "<br>".join([_batch(one["batch"], one["process_bytes"]) for one in proof["largest"]]),
        "<br>".join([_batch(one["above"], one["above_bytes"]) for one in proof["largest"]]),
    ]
    return f"| {' | '.join(cells)} |"


def _way(proof: dict[str, Any], number: int) -> str:
    """An option; the one that `fit` says to take in bold."""
    one = proof["outcomes"][number]
    name = f"**{one['option']}**" if number == proof["best"] else one["option"]
    return f"{name}: {_mib(one['predicted_bytes'][1])}, {_mib(one['process_bytes'])}"


def _batch(batch: int, size: int) -> str:
    return f"{batch}: {_mib(size)}"


def _apart(proof: dict[str, Any]) -> list[float]:
    """Of its exact plans."""
    return [one["apart"] for one in proof["outcomes"] if one["apart"] is not None]


def _sentences(found: dict[str, Any]) -> list[str]:
    proofs = found["pairs"]
    kept = sum(one["kept"] for one in proofs)
    exact = [apart for one in proofs for apart in _apart(one)]
    carried = [(one["pair"]["budget"], plan) for one in proofs for plan in one["outcomes"]]
    held = sum(plan["process_bytes"] <= budget for budget, plan in carried)
    named = [(one["pair"]["budget"], batch) for one in proofs for batch in one["largest"]]
    inside = sum(batch["process_bytes"] <= budget for budget, batch in named)
    above = sum(batch["above_bytes"] > budget for budget, batch in named)
    ways = dict.fromkeys([batch["option"] for _, batch in named])
    machine = found["machine"]
    return [
        "Sizes in MiB of resident memory; the way that `fit` says to take in bold; largest batches "
        f"in the order of {', '.join(ways)}. {len(proofs)} of {found['asked']} pairs were run; "
        f"everything promised was kept in {kept} of them.",
        "",
        f"Of {len(carried)} plans that were said to fit, {held} stayed within the budget. "
        f"{len(exact)} of them are exact: losses and gradients are at most "
        f"{_small(max(exact, default=0.0))} apart from those of the plain step, in float64, "
        "relative to the largest gradient of each tensor. "
        f"Of {len(named)} largest batches, {inside} stayed within the budget; of the batches 1.15 "
        f"times as large, rounded up, {above} did not.",
        "",
        f"On {machine['processor']}, one thread, PyTorch {machine['versions']['torch']}, Python "
        f"{machine['python']}, {machine['system']}.",
    ]


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f}"


def _small(number: float) -> str:
    return "0" if number == 0 else f"{number:.0e}"


def main() -> None:
    """Put the table on its page."""
    put(PAGE, MARK, table(json.loads(RESULTS.read_text("utf-8"))))


if __name__ == "__main__":
    main()
