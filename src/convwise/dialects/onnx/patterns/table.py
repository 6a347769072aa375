"""Operators that patterns put in the place of several: those that ONNX itself does not have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from convwise.dialects.onnx.model import NodeDef
from convwise.dialects.onnx.op import Built, Held, Op, Step, Unclear
from convwise.kinds.dense import Dense

#: The domain of operators that no file holds.
OURS: Final = "convwise"


@final
@dataclass(frozen=True, slots=True)
class Pattern:
    """What a pattern's operator stands for."""

    make: Callable[[Op], Built | Unclear]

    def built(self, op: Op) -> Built | Unclear:
        return self.make(op)


def _dense(op: Op) -> Built | Unclear:
    """Sums over the last axis of any input with a matrix (in, out) and a bias of the file."""
    kernel = op.input(1)
    units = kernel.shape[1]
    assert type(units) is int
    step = Step(Dense(units, True), (0,))
    return Built((step,), {"kernel": Held(1, ("in", "out")), "bias": Held(2)})


_PATTERNS: Final = {"Dense": Pattern(_dense)}


def pattern_of(node: NodeDef) -> Pattern | None:
    """The pattern's operator that a node is; None for operators of files."""
    return _PATTERNS.get(node.op) if node.domain == OURS else None
