"""tf.reshape: the batch in whatever way the code writes it, and whole examples."""

from __future__ import annotations

from typing import Any

from convwise.dialects.keras import operations
from convwise.dialects.keras.rows import operate
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.arrays import Array
from convwise.dialects.python.calling import named
from convwise.dialects.python.functions import Inert
from convwise.dialects.python.numeric import numeric
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.sizes import Size, TensorShape
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.tensorflow1.inputs import shaped_by, tensor_of, with_shape
from convwise.dialects.tensorflow1.tape import Tape
from convwise.errors import RuleError
from convwise.graph.axes import FREE_BATCH
from convwise.graph.dims import Dim
from convwise.kinds.views import Identity

Arguments = dict[str, Any]


def reshape(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.reshape(tensor, shape)`. Raises RuleError when no whole examples come out."""
    said = named(args, kwargs, "x shape")
    shape: Any = said.get("shape")
    first = said.get("x")
    if type(shape) in (list, tuple):
        first = shaped_by(tape, first, list(shape), at)
    value = with_shape(tape, first, at)
    if type(value) in (Unknown, Inert):
        value = tensor_of(tape, value, "reshape", at)
    if type(shape) is Array and shape.values is not None:
        shape = [int(one) for one in shape.values]
    if type(value) is not Symbol:
        return numeric(tape.context, "reshape", [value, shape], {}, at)
    dims = _sizes(tape, shape)
    if value.known and dims is not None:
        if dims == list(value.tensor.shape):
            part = Part(Identity())
            return operate(tape.context, "Reshape", [part], [value], at)[0]
        _free_batch(tape, value, dims)
        _must_hold(value, dims, at)
        shape = [Size(one) if type(one) is not int else one for one in dims]
    return operations.run(tape.context, "reshape", [value, shape], {}, at)


def _sizes(tape: Tape, shape: Any) -> list[Dim] | None:
    """The sizes of a shape, the batch as such; None where one is not known."""
    listed = shape.dims if type(shape) is TensorShape else shape
    if type(listed) not in (list, tuple):
        return None
    found: list[Dim] = []
    for place, one in enumerate(listed):
        batch = place == 0 and (one is None or one == tape.context.recording.fixed_batch)
        if batch and len(listed) > 1:
            found.append(FREE_BATCH)
        elif type(one) is int:
            found.append(one)
        elif type(one) is Size:
            found.append(one.dim)
        elif type(one) is float and one.is_integer():
            found.append(int(one))
        else:
            return None
    return found


def _free_batch(tape: Tape, symbol: Symbol, dims: list[Dim]) -> None:
    """[batch_size * steps, width] with the numbers that the code fixes: so many of each."""
    batch, first = tape.context.recording.fixed_batch, dims[0] if dims else None
    if batch is None or type(first) is not int or first <= 0 or first % batch:
        return
    total: Dim = 1
    for axis in symbol.tensor.axes:
        total = total * axis.dim
    free = FREE_BATCH * (first // batch)
    target: Dim = free
    for one in dims[1:]:
        target = target * one
    if type(total) is not int and (-1 in dims[1:] or target == total):
        dims[0] = free


def _must_hold(symbol: Symbol, dims: list[Dim], at: At) -> None:
    """RuleError when (-1, a, b) does not hold whole examples: the classic 7*7*64 for 8*8*64."""
    total: Dim = 1
    for axis in symbol.tensor.axes[1:]:
        total = total * axis.dim
    if not symbol.rank or symbol.tensor.axes[0].dim != FREE_BATCH or len(dims) < 2:
        return
    target: Dim = 1
    for one in dims[1:]:
        target = target * one
    if dims[0] not in (-1, FREE_BATCH) or type(total) is not int or type(target) is not int:
        return
    if target > 0 and total % target:
        shown = ", ".join(["-1" if place == 0 else str(n) for place, n in enumerate(dims)])
        raise RuleError(
            f"an example of {symbol.shown()} has {total} values, [{shown}] takes {target}",
            line=at.line,
            hint=f"write tf.reshape(x, [-1, {total}])",
        )
