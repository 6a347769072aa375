"""Functions that contract or slide windows over symbolic tensors: matmul, dot, conv2d, pool2d."""

from __future__ import annotations

from collections.abc import Callable
from string import ascii_letters
from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.keras.arithmetic import operand
from convwise.dialects.keras.blocks import flat
from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table.views import image
from convwise.dialects.keras.weights import Weight
from convwise.dialects.python.calling import named
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import At, Unknown
from convwise.errors import RuleError
from convwise.kinds.contract import Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.dense import Dense
from convwise.kinds.dot import Dot
from convwise.kinds.einsum import Einsum
from convwise.kinds.matmul import Matmul
from convwise.kinds.merge import Merge
from convwise.kinds.noise import Dropout
from convwise.kinds.pooling import AveragePool, MaxPool
from convwise.kinds.windows import SAME, VALID

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

Arguments = dict[str, Any]
Run = Callable[["Context", list[Any], Arguments, At], object]


def matmul(context: Context, first: object, second: object, at: At) -> object:
    """A product with a weight of two axes is a dense layer; others are products of matrices."""
    symbol = operand(context, first, at)
    if type(second) is Weight and len(second.shape) == 2 and symbol is not None:
        units = second.shape[1]
        if symbol.known:
            _must_match(symbol, second, at)
        part = Part(Dense(units, False), (), second.name)
        return _in_row(context, "Matmul", part, symbol, second, at)
    return _product(context, Matmul(), "Matmul", [symbol, operand(context, second, at)], at)


def _product(
    context: Context, kind: Kind, title: str, factors: list[Symbol | None], at: At
) -> object:
    """A product of several tensors, unknown where one of them is."""
    found = [one for one in factors if one is not None]
    if len(found) < len(factors):
        return unknown_operation(context, title.lower(), found, at)
    return operate(context, title, [Part(kind)], found, at)[0]


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
    """keras.ops.matmul and tf.matmul, whose matrices may be transposed first."""
    given = named(args, kwargs, "x y transpose_a transpose_b")
    turned = [given.get(name) or given.get(other) for name, other in _TURNS]
    if not any(turned):
        return matmul(context, given.get("x"), given.get("y"), at)
    pair = [operand(context, given.get(name), at) for name in ("x", "y")]
    kind = Matmul(*[one is True for one in turned])
    return _product(context, kind, "Matmul", pair, at)


_TURNS: Final = (("transpose_a", "adjoint_a"), ("transpose_b", "adjoint_b"))


def _dot(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """NumPy's dot: the first's last axis with the second's last but one, all others side by side.

    K.dot of the tensors that have a batch is the same product.
    """
    given = named(args, kwargs, "x y")
    first, second = given.get("x"), given.get("y")
    if type(second) is Weight and len(second.shape) == 2:
        return matmul(context, first, second, at)
    pair = [operand(context, one, at) for one in (first, second)]
    found = [one for one in pair if one is not None and one.known]
    if len(found) < 2 or min(one.rank for one in found) == 0:
        return unknown_operation(context, "dot", found, at)
    ranks = found[0].rank, found[1].rank
    return _tensordot_of(context, found, [ranks[0] - 1], [max(ranks[1] - 2, 0)], at)


def _tensordot(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """Sums over the last axes of one and the first of the other, or over the named ones."""
    given = named(args, kwargs, "x y axis")
    pair = [operand(context, given.get(name), at) for name in ("x", "y")]
    found = [one for one in pair if one is not None and one.known]
    axes: Any = given.get("axis", 2)
    if type(axes) is int and len(found) == 2 and 0 <= axes <= found[0].rank:
        axes = [list(range(found[0].rank - axes, found[0].rank)), list(range(axes))]
    if type(axes) not in (list, tuple) or len(axes) != 2 or len(found) < 2:
        return unknown_operation(context, "tensordot", found, at)
    ones, twos = [list(flat(one)) for one in axes]
    if len(ones) != len(twos) or not all(type(one) is int for one in (*ones, *twos)):
        return unknown_operation(context, "tensordot", found, at)
    return _tensordot_of(context, found, ones, twos, at)


def _tensordot_of(
    context: Context, pair: list[Symbol], ones: list[Any], twos: list[Any], at: At
) -> object:
    """The product as an equation: all axes of both but the summed ones."""
    first, second = pair
    ones = [first.tensor.locate(one) for one in ones]
    twos = [second.tensor.locate(one) for one in twos]
    if first.rank + second.rank > len(ascii_letters):
        return unknown_operation(context, "tensordot", pair, at)
    one = ascii_letters[: first.rank]
    two = list(ascii_letters[first.rank : first.rank + second.rank])
    for left, right in zip(ones, twos, strict=True):
        two[right] = one[left]
    rest = [letter for place, letter in enumerate(one) if place not in ones]
    rest += [letter for place, letter in enumerate(two) if place not in twos]
    equation = f"{one},{''.join(two)}->{''.join(rest)}"
    return _product(context, Einsum(equation), "Tensordot", [*pair], at)


def _einsum(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    equation, *given = args or [kwargs.get("subscripts", kwargs.get("equation"))]
    given = given or [one for name, one in kwargs.items() if name in ("operands", "inputs")]
    factors = [operand(context, one, at) for one in flat(given)]
    if type(equation) is not str or not factors:
        found = [one for one in factors if one is not None]
        return unknown_operation(context, "einsum", found, at)
    return _product(context, Einsum(equation), "Einsum", factors, at)


def _batch_dot(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = named(args, kwargs, "x y axis")
    pair = [operand(context, given.get(name), at) for name in ("x", "y")]
    found = [one for one in pair if one is not None]
    axes = given.get("axis")
    if axes is None and len(found) == 2 and all(one.known for one in found):
        axes = (found[0].rank - 1, max(found[1].rank - 2, 1))
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
    "dot": _dot,
    "tensordot": _tensordot,
    "einsum": _einsum,
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
