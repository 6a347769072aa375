"""Writes docs/differential-pytorch-packages.md: `python -m tests.differential.torch_live.table`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .agreement import Found, compared
from .cases import Case, every_case

PAGE = Path(__file__).parents[3] / "docs" / "differential-pytorch-packages.md"

HEAD = """# PyTorch networks of other packages

This page is written by a run: `python -m tests.differential.torch_live.table`. Each network is made
by its package on the meta device, without weights, and read by `convwise.read(module, ...)`. Beside
it PyTorch itself runs the network forward and backward on the meta device. Compared are, in order,
every call of PyTorch's own layers with the shapes of its outputs and its multiply-adds in both
directions, the parameters of every module, and the totals.

Multiply-adds are PyTorch's `FlopCounterMode` divided by 2, for one example. What it counts wrongly
or not at all is corrected by closed forms, named in `tests/zoo/torch_oracle.py`: the gradient of
the weights of grouped convolutions is counted as often as there are groups; an affine grid is the
product of all places, a one behind them, with each map; distances between many vectors hold a
matrix product.
"""


def page() -> str:
    """The whole page as Markdown."""
    found = [compared(case) for case in every_case()]
    agree = sum(not one.wrong for one in found)
    known = sum(not one.unknown for one in found)
    text = (
        f"{len(found)} networks; {agree} agree in everything that is known, {known} of them are "
        "known in full. Operations without a kind are named in the last column; the shapes behind "
        "them are PyTorch's, and totals say *at least*.\n"
    )
    return "\n".join([HEAD, text, *_table(found)]) + "\n"


def _table(found: Iterable[Found]) -> list[str]:
    head = (
        "| network | package | inputs, without the batch | layers called | parameters "
        "| multiply-adds | agrees | unknown |"
    )
    return [head, "|---|---|---|--:|--:|--:|---|---|", *[_row(one) for one in found]]


def _row(found: Found) -> str:
    case = found.case
    cells = [
        case.name or case.class_name,
        f"{case.package.partition('.')[0]} {case.version}",
        _inputs(case),
        f"{found.layers:,}",
        f"{found.parameters:,}",
        f"{found.macs:,}",
        "no" if found.wrong else "yes",
        ", ".join(found.unknown),
    ]
    return "| " + " | ".join(cells) + " |"


def _inputs(case: Case) -> str:
    return ", ".join(
        [
            f"{name} ({', '.join([str(size) for size in shape])})"
            for name, shape in case.inputs.items()
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(PAGE)
