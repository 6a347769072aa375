"""Arrays for one operation, so that a value of it can be worked out on paper."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

import numpy as np

from convwise.graph.axes import SPATIAL, Axis, Tensor
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import Kind
from convwise.reference.by_hand.contract import Worked
from convwise.reference.by_hand.table import input_gradient, output_value, weight_gradient
from convwise.reference.contract import Array, Use
from convwise.reference.rules.table import rule_of

#: Larger inputs are cut to a field of this size: a value on paper needs its neighbours only.
MOST_ELEMENTS = 2**21
FIELD = 64

#: What a statistic that divides must not be near.
_POSITIVE = "variance"


class Beside(NamedTuple):
    """The same number as a framework computes it."""

    who: str
    value: float


class OnPaper(NamedTuple):
    """One output value, one weight's and one input's gradient; and the numbers behind them.

    `cut`: the values are of a smaller field than the network's, for time's sake. `given`: they
    are the network's own, not drawn. `beside`: what a framework computes for the output value.
    `then`: what the functions that follow in the same layer make of it.
    """

    use: Use[Kind]
    output: Worked
    weight: Worked | None
    input: Worked | None
    cut: bool
    given: bool = False
    beside: Beside | None = None
    then: tuple[tuple[str, float], ...] = ()


def on_paper(kind: Kind, given: tuple[Tensor, ...], seed: int = 0) -> OnPaper | None:
    """Work out values of one operation on numbers drawn at random, with one or two decimals.

    None where sizes are open, or the operation is not one that is worked out on paper.
    """
    if not all(type(dim) is int for tensor in given for dim in tensor.shape):
        return None
    operands = _cut(given)
    outputs = kind.outputs(operands, Must())
    use = Use(
        kind,
        operands,
        outputs,
        tuple([_values(tensor, f"input {number}", seed) for number, tensor in enumerate(operands)]),
        {spec.role: _weight(spec, seed) for spec in kind.weights(operands)},
        False,
        np.random.default_rng(seed),
    )
    return calculated(use, operands != given, seed)


def calculated(
    use: Use[Kind], cut: bool = False, seed: int = 0, given: bool = False
) -> OnPaper | None:
    """The same for arrays that are there: of a run of the network."""
    value = output_value(use)
    if value is None:
        return None
    upstream = tuple([_values(one, f"gradient {n}", seed) for n, one in enumerate(use.outputs)])
    first = next(iter(use.weights), None)
    return OnPaper(
        use,
        value,
        weight_gradient(use, upstream, first) if first is not None else None,
        input_gradient(use, upstream),
        cut,
        given,
    )


def followed(paper: OnPaper, functions: list[tuple[str, Kind]]) -> OnPaper:
    """With what functions of single values, called by these words, make of the output value."""
    one = Tensor((Axis("batch", 1), Axis("feature", 1)))
    value = np.array([[paper.output.value]])
    found = []
    for word, kind in functions:
        use = Use(kind, (one,), (one,), (value,), {}, False, np.random.default_rng(0))
        (value,) = rule_of(kind.name)(use).outputs
        found.append((f"{word}", float(value[0, 0])))
    return paper._replace(then=tuple(found))


def _cut(operands: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    if len(operands) != 1 or int(operands[0].elements) <= MOST_ELEMENTS:  # type: ignore[arg-type]
        return operands
    axes = [
        Axis(axis.role, min(axis.dim, FIELD))  # type: ignore[type-var]
        if axis.role in SPATIAL
        else axis
        for axis in operands[0].axes
    ]
    return (Tensor(tuple(axes), operands[0].dtype),)


def _random(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng((seed, crc32(name.encode())))


def _values(tensor: Tensor, name: str, seed: int) -> Array:
    shape = tuple([int(dim) for dim in tensor.shape])  # type: ignore[arg-type]
    random = _random(name, seed)
    if tensor.dtype == "bool":
        return random.random(shape) < 0.5
    if "int" in tensor.dtype:
        return random.integers(0, 2, shape)
    return random.normal(0, 1, shape).round(1) + 0.0


def _weight(spec: WeightSpec, seed: int) -> Array:
    shape = tuple([int(dim) for _, dim in spec.axes])  # type: ignore[arg-type]
    drawn = _random(spec.role, seed).uniform(-0.5, 0.5, shape).round(2) + 0.0
    return drawn + 1.0 if _POSITIVE in spec.role else drawn
