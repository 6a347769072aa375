"""Modules that compare two tensors: similarities and distances."""

from __future__ import annotations

from typing import Final

from convwise.dialects.python.checks import flag
from convwise.dialects.python.parameters import Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import norm_order, number, whole
from convwise.errors import RuleError
from convwise.kinds.distance import CosineSimilarity, PairwiseDistance

_PAIR: Final = ("x1", "x2")


def _must_be_two(inputs: Inputs, name: str) -> None:
    if len(inputs) != 2:
        raise RuleError(f"{name} compares two tensors", hint="call it on both: (x1, x2)")


def _cosine(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    _must_be_two(inputs, "CosineSimilarity")
    return (Part(CosineSimilarity(arguments["dim"], float(arguments["eps"]))),)


def _pairwise(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    _must_be_two(inputs, "PairwiseDistance")
    kind = PairwiseDistance(arguments["p"], float(arguments["eps"]), arguments["keepdim"])
    return (Part(kind),)


_ENTRIES = {
    "CosineSimilarity": (
        (Parameter("dim", 1, whole), Parameter("eps", 1e-8, number)),
        _cosine,
    ),
    "PairwiseDistance": (
        (
            Parameter("p", 2.0, norm_order),
            Parameter("eps", 1e-6, number),
            Parameter("keepdim", False, flag),
        ),
        _pairwise,
    ),
}

ENTRIES = tuple(
    [Entry(name, given, parts, tensors=_PAIR) for name, (given, parts) in _ENTRIES.items()]
)
