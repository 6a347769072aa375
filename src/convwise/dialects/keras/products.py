"""Functions that contract or slide windows over symbolic tensors: matmul, dot, conv2d, pool2d."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.keras.arithmetic import operand
from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table.views import image
from convwise.dialects.keras.weights import Weight
from convwise.dialects.python.calling import named
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import At, Unknown
from convwise.errors import RuleError
from convwise.kinds.convolution import Convolution
from convwise.kinds.dense import Dense
from convwise.kinds.dot import Dot
from convwise.kinds.merge import Merge
from convwise.kinds.noise import Dropout
from convwise.kinds.pooling import AveragePool, MaxPool
from convwise.kinds.windows import SAME, VALID

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

Arguments = dict[str, Any]
Run = Callable[["Context", list[Any], Arguments, At], object]


def matmul(context: Context, first: object, second: object, at: At) -> object:
    """A product with a weight of two axes is a dense layer; others are not in the catalog."""
    symbol = operand(context, first, at)
    if type(second) is Weight and len(second.shape) == 2 and symbol is not None:
        units = second.shape[1]
        if symbol.known:
            _must_match(symbol, second, at)
        part = Part(Dense(units, False), (), second.name)
        return _in_row(context, "Matmul", part, symbol, second, at)
    found = [one for one in (symbol, operand(context, second, at)) if one is not None]
    return unknown_operation(context, "matmul", found, at)


def _must_match(symbol: Symbol, weight: Weight, at: At) -> None:
    size = symbol.tensor.axes[-1].dim
    if type(size) is int and size != weight.shape[-2]:
        raise RuleError(
            f"the last axis has {size} values, the weight {weight.name} {weight.shape} "
            f"multiplies {weight.shape[-2]}",
            line=at.line,
            hint="take the weight's shape from input_shape[-1] in build",
        )


def _in_row(
    context: Context, title: str, part: Part, symbol: Symbol, weight: Weight, at: At
) -> Symbol:
    """The operation lies in the row of the layer that owns the weight."""
    recording = context.recording
    outer, recording.own_row = recording.own_row, weight.row
    try:
        return operate(context, title, [part], [symbol], at)[0]
    finally:
        recording.own_row = outer


def _matmul(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x y")
    return matmul(context, given.get("x"), given.get("y"), at)


def _batch_dot(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x y axis")
    pair = [operand(context, given.get(name), at) for name in ("x", "y")]
    found = [one for one in pair if one is not None]
    axes = given.get("axis")
    listed: Any = (axes, axes) if type(axes) is int else axes
    known = type(listed) in (list, tuple) and [type(one) for one in listed] == [int, int]
    if len(found) < 2 or not known:
        return unknown_operation(context, "batch_dot", found, at)
    part = Part(Dot((listed[0], listed[1])))
    return operate(context, "Dot", [part], found, at)[0]


def _convolution(rank: int) -> Run:
    def run(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
        given = named(args, kwargs, "x kernel strides padding")
        symbol = operand(context, given.get("x"), at)
        kernel = given.get("kernel", given.get("filters", given.get("filter")))
        if symbol is None or type(kernel) is not Weight or len(kernel.shape) != rank + 2:
            return unknown_operation(context, f"conv{rank}d", [symbol] if symbol else [], at)
        steps = _steps(given.get("strides", 1), rank)
        same = str(given.get("padding", "valid")).lower() == "same"
        kind = Convolution(
            kernel.shape[:rank],
            kernel.shape[-1],
            steps,
            _steps(given.get("dilation_rate", given.get("dilations", 1)), rank),
            SAME if same else VALID,
            bias=False,
        )
        part = Part(kind, (image("channels_last", rank),), kernel.name)
        return _in_row(context, "Conv", part, symbol, kernel, at)

    return run


def _steps(value: object, rank: int) -> tuple[int, ...]:
    """Strides as one number, one per axis, or TensorFlow's with batch and channel."""
    if type(value) is int:
        return (value,) * rank
    if type(value) in (list, tuple) and all(type(one) is int for one in value):  # type: ignore[attr-defined]
        found: tuple[int, ...] = tuple(value)  # type: ignore[arg-type]
        return found[1:-1] if len(found) == rank + 2 else found
    return (1,) * rank


def _pooling(rank: int, mode: str | None) -> Run:
    def run(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
        given = named(args, kwargs, "x pool_size strides padding")
        symbol = operand(context, given.get("x"), at)
        if symbol is None:
            return Unknown("pooling of something unknown", at.line)
        size = given.get("pool_size", given.get("ksize", 2))
        window = _steps(size, rank)
        stride = given.get("strides")
        word = mode or str(given.get("pool_mode", "max"))
        make = MaxPool if word == "max" else AveragePool
        same = str(given.get("padding", "valid")).lower() == "same"
        steps = window if stride is None else _steps(stride, rank)
        kind = make(window, steps, (1,) * rank, SAME if same else VALID)
        part = Part(kind, (image("channels_last", rank),))
        return operate(
            context, "MaxPool" if word == "max" else "AveragePool", [part], [symbol], at
        )[0]

    return run


def _dropout(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x rate")
    symbol = operand(context, given.get("x"), at)
    rate: Any = given.get("rate", given.get("level"))
    if symbol is None or type(rate) not in (int, float):
        return unknown_operation(context, "dropout", [symbol] if symbol else [], at)
    return operate(context, "Dropout", [Part(Dropout(rate))], [symbol], at)[0]


def _bias_add(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x bias")
    pair = [operand(context, given.get(name), at) for name in ("x", "bias")]
    found = [one for one in pair if one is not None]
    if len(found) < 2:
        return unknown_operation(context, "bias_add", found, at)
    return operate(context, "Add", [Part(Merge("add", keeps_batch=False))], found, at)[0]


PRODUCTS: Final[dict[str, Run]] = {
    "matmul": _matmul,
    "dot": _matmul,
    "batch_dot": _batch_dot,
    "conv1d": _convolution(1),
    "conv2d": _convolution(2),
    "conv3d": _convolution(3),
    "pool2d": _pooling(2, None),
    "max_pool2d": _pooling(2, "max"),
    "max_pool": _pooling(2, "max"),
    "avg_pool2d": _pooling(2, "average"),
    "avg_pool": _pooling(2, "average"),
    "average_pool": _pooling(2, "average"),
    "dropout": _dropout,
    "bias_add": _bias_add,
}
