"""Operators with attributes and inputs that make no sense: an answer or one clear error, always."""

from __future__ import annotations

import random
from functools import cache

import pytest
from onnx import defs

from convwise.dialects.onnx.conventions import ONNX
from convwise.dialects.onnx.op import Attribute, Built, Made, Op, Operand, Unclear, WeightRef
from convwise.dialects.onnx.table.index import NAMES, TOLD, entry_of
from convwise.errors import ConvwiseError
from convwise.graph.axes import FREE_BATCH, tensor
from convwise.graph.builder import GraphBuilder
from convwise.graph.dims import Dim, symbol
from convwise.graph.nodes import Value
from convwise.kinds.source import Constant

_TYPES = ("float32", "float32", "float32", "int64", "int64", "bool", "float16", "int32", "uint8")
_WORDS = ("", "NOTSET", "SAME_UPPER", "linear", "nearest", "constant", "wrap", "reverse", "tanh")
_NUMBERS = (0, 1, 2, 3, -1, -2, 7, 10**6, -(2**63), 2**63 - 1)


@cache
def _attribute_names(name: str) -> tuple[str, ...]:
    versions = [one for one in defs.get_all_schemas_with_history() if one.name == name]
    return tuple(sorted({key for one in versions if not one.domain for key in one.attributes}))


def _attribute(draw: random.Random) -> Attribute:
    sort = draw.randrange(7)
    if sort == 0:
        return draw.choice((0.0, 1.0, -1.5, 1e30, float("inf"), float("nan"), 0.5))
    if sort == 1:
        return draw.choice(_WORDS)
    if sort == 2:
        return tuple([draw.choice(_WORDS) for _ in range(draw.randrange(3))])
    if sort == 3:
        return tuple([draw.choice((0.5, 1.0, 2.0)) for _ in range(draw.randrange(5))])
    if sort < 6:
        return tuple([draw.choice((*_NUMBERS, 1, 1, 2, 2)) for _ in range(draw.randrange(6))])
    return draw.choice(_NUMBERS)


def _size(draw: random.Random) -> Dim:
    if draw.random() < 0.15:
        return draw.choice((FREE_BATCH, symbol("H"), symbol("H") * 2))
    return draw.choice((1, 1, 2, 2, 3, 4, 6, 0))


def _operand(draw: random.Random) -> Operand | None:
    if draw.random() < 0.08:
        return None
    shape = tuple([_size(draw) for _ in range(draw.choice((0, 1, 1, 2, 2, 3, 4, 4, 5, 7)))])
    dtype = draw.choice(_TYPES)
    flat = tensor(shape, (None,) * len(shape), dtype)
    sizes = tuple([size for size in shape if type(size) is int])
    if len(sizes) < len(shape) or draw.random() < 0.4:
        return Operand(flat)
    if draw.random() < 0.5:
        return Operand(flat, None, WeightRef("w", sizes, dtype))
    count = 1
    for size in sizes:
        count *= size
    if count > 64:
        return Operand(flat)
    chosen = (*_NUMBERS, 0.5, 2.5, True, symbol("H"), float("nan"), float("inf"), 1, 2)
    return Operand(flat, tuple([draw.choice(chosen) for _ in range(count)]))


def _op(name: str, draw: random.Random) -> Op:
    known = _attribute_names(name)
    attributes = {key: _attribute(draw) for key in known if draw.random() < 0.4}
    inputs = tuple([_operand(draw) for _ in range(draw.randrange(0, 6))])
    outputs = tuple([draw.choice(("y", "z", "")) for _ in range(draw.randrange(1, 4))])
    return Op(name, "", draw.choice((9, 11, 12, 13, 18, 21, 23, 28)), attributes, inputs, outputs)


def _add(op: Op, built: Built) -> None:
    """Add what the table says to a graph, as the reader does."""
    builder = GraphBuilder(ONNX)
    row = builder.new_layer(op.name, op.name)
    builder.begin_call(row)
    made: list[tuple[Value, ...]] = []
    for step in built.steps:
        values = []
        for source in step.operands:
            if isinstance(source, Made):
                values.append(made[source.step][source.output])
            else:
                values.append(builder.add(Constant(op.input(source).tensor), (), row)[0])
        made.append(builder.add(step.kind, values, row, part=step.part, views=step.views))
    for source in built.outputs or ():
        if isinstance(source, Made):
            assert made[source.step][source.output] is not None


def _answered(name: str, seed: str, count: int) -> int:
    """How many of so many draws were understood."""
    draw = random.Random(f"{name} {seed}")
    understood = 0
    for _ in range(count):
        op = _op(name, draw)
        entry = entry_of("", name)
        assert entry is not None
        try:
            built = entry.built(op)
            if isinstance(built, Unclear):
                assert built.what
                continue
            _add(op, built)
            understood += 1
        except ConvwiseError as error:
            assert str(error)
        except Exception as error:
            raise AssertionError(f"{op}") from error
    return understood


@pytest.mark.parametrize("name", (*NAMES, *TOLD))
def test_nonsense_is_answered(name: str) -> None:
    _answered(name, "some", 40)


@pytest.mark.slow
@pytest.mark.parametrize("name", (*NAMES, *TOLD))
def test_much_nonsense_is_answered(name: str) -> None:
    _answered(name, "many", 300)


def test_some_draws_make_sense() -> None:
    """Otherwise only refusals would be tested."""
    assert sum([_answered(name, "sense", 20) for name in NAMES]) > 100
