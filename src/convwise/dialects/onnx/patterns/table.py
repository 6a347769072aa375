"""Operators that patterns put in the place of several: those that ONNX itself does not have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from convwise.dialects.onnx.model import NodeDef
from convwise.dialects.onnx.op import Built, Held, Op, Step, Unclear
from convwise.dialects.onnx.table.views import IMAGE
from convwise.graph.builder import Roles
from convwise.kinds.dense import Dense
from convwise.kinds.layer_normalization import LayerNorm, RMSNorm
from convwise.kinds.merge import Stack
from convwise.kinds.normalization import GroupNorm, InstanceNorm
from convwise.kinds.rolling import Flip
from convwise.kinds.views import Flatten

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


def _images(op: Op) -> Roles | None:
    """Channels second, over one to three axes of space."""
    return IMAGE.get(op.input(0).tensor.rank - 2)


def _epsilon(op: Op) -> float:
    return op.number("epsilon", 1e-5)


def _instance_norm(op: Op) -> Built | Unclear:
    roles = _images(op)
    if roles is None:
        return Unclear("InstanceNormalization over more than 3 axes of space, or none")
    return Built((Step(InstanceNorm(False, False, _epsilon(op)), (0,), (roles,)),))


def _held(op: Op) -> dict[str, Held]:
    """A scale and a shift, as far as they are there."""
    return {role: Held(place) for place, role in ((1, "gamma"), (2, "beta")) if op.has(place)}


def _group_norm(op: Op) -> Built | Unclear:
    groups = op.integer("num_groups", 1)
    kind = GroupNorm(groups, 1, op.has(1), op.has(2), _epsilon(op))
    return Built((Step(kind, (0,), (_images(op),)),), _held(op))


def _trailing(op: Op) -> tuple[int, ...]:
    """The axes from `axis` to the last, counted from the end."""
    axis, rank = op.integer("axis", -1), op.input(0).tensor.rank
    return tuple(range(axis if axis < 0 else axis - rank, 0))


def _layer_norm(op: Op) -> Built | Unclear:
    kind = LayerNorm(_trailing(op), op.has(1), op.has(2), _epsilon(op))
    return Built((Step(kind, (0,)),), _held(op))


def _rms_norm(op: Op) -> Built | Unclear:
    return Built((Step(RMSNorm(_trailing(op), op.has(1), _epsilon(op)), (0,)),), _held(op))


def _flatten(op: Op) -> Built | Unclear:
    """Neighbouring axes as one, the others as they are."""
    end = op.integer("end", -1)
    last = end == op.input(0).tensor.rank - 1
    return Built((Step(Flatten(op.integer("start", 1), -1 if last else end), (0,)),))


def _flip(op: Op) -> Built | Unclear:
    return Built((Step(Flip(op.integers("axes") or ()), (0,)),))


def _stack(op: Op) -> Built | Unclear:
    return Built((Step(Stack(op.integer("axis", 0)), tuple(range(len(op.inputs)))),))


_PATTERNS: Final = {
    "Dense": Pattern(_dense),
    "InstanceNorm": Pattern(_instance_norm),
    "GroupNorm": Pattern(_group_norm),
    "LayerNorm": Pattern(_layer_norm),
    "RMSNorm": Pattern(_rms_norm),
    "Flatten": Pattern(_flatten),
    "Flip": Pattern(_flip),
    "Stack": Pattern(_stack),
}


def pattern_of(node: NodeDef) -> Pattern | None:
    """The pattern's operator that a node is; None for operators of files."""
    return _PATTERNS.get(node.op) if node.domain == OURS else None
