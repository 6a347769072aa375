"""Input shapes in all the spellings of Keras's versions; must never touch a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convwise.dialects.python.binding import first_unknown, free_name, not_known
from convwise.dialects.python.sizes import Size, TensorShape
from convwise.dialects.python.values import Unknown
from convwise.errors import RuleError
from convwise.graph.dims import Dim

#: Sizes without the batch.
Found = tuple[int | str | Dim | None, ...]


def without_batch(value: object, name: str, line: int | None) -> Found:
    """A shape as code writes it: integers, None for a free size, names that are defined nowhere."""
    if type(value) is TensorShape:
        value = value.dims
    if type(value) is int:
        raise RuleError(
            f"{name} must be a tuple, found the number {value}",
            line=line,
            hint=f"write {name}=({value},) with a comma",
        )
    if type(value) not in (tuple, list):
        if type(value) is Unknown:
            raise not_known(value, f"an input needs it for {name}").at(line=line)
        raise RuleError(
            f"{name} must be a tuple of sizes without the batch, found {value!r:.60}",
            line=line,
            hint=f"such as {name}=(28, 28, 1)",
        )
    return tuple([_size(one, name, value, line) for one in value])  # type: ignore[attr-defined]


def _size(one: object, name: str, value: object, line: int | None) -> Any:
    if one is None or (type(one) is int and one > 0):
        return one
    if type(one) is Size:
        return one.dim
    unknown = first_unknown(one)
    if unknown is not None and free_name(unknown) is not None:
        return free_name(unknown)
    if unknown is not None:
        raise not_known(unknown, f"an input needs it for {name}").at(line=line)
    hint = "sizes are positive integers, or None for any size"
    if type(one) in (tuple, list):
        hint = "one tuple of sizes is enough, such as (28, 28, 1)"
    raise RuleError(f"{name}={value!r:.60} has {one!r:.20} in it", line=line, hint=hint)


def says_shape(common: Mapping[str, Any], class_name: str) -> bool:
    """Whether a first layer says the input's shape."""
    if class_name == "Embedding":
        return True
    return any(common.get(one) is not None for one in _SHAPE_NAMES)


_SHAPE_NAMES = ("input_shape", "batch_input_shape", "input_dim")


def of_layer(common: Mapping[str, Any], class_name: str, line: int | None) -> Found:
    """The shape that a first layer gives: input_shape, batch_input_shape, input_dim, input_length.

    An Embedding that gives none takes sequences of any length.
    """
    if common.get("input_shape") is not None:
        return without_batch(common["input_shape"], "input_shape", line)
    if common.get("batch_input_shape") is not None:
        return without_batch(common["batch_input_shape"], "batch_input_shape", line)[1:]
    length = common.get("input_length")
    if class_name == "Embedding":
        return without_batch((length,), "input_length", line)
    width = (common.get("input_dim"),)
    return without_batch((length, *width) if "input_length" in common else width, "input_dim", line)


def of_input(args: list[object], kwargs: Mapping[str, Any], line: int | None) -> Found:
    """The shape that `Input(...)` or `InputLayer(...)` gives."""
    for name in ("batch_shape", "batch_input_shape"):
        if kwargs.get(name) is not None:
            return without_batch(kwargs[name], name, line)[1:]
    shape = args[0] if args else kwargs.get("shape", kwargs.get("input_shape"))
    if shape is None:
        if kwargs.get("tensor") is not None or kwargs.get("input_tensor") is not None:
            raise RuleError("an Input made from a tensor has no shape of its own", line=line)
        raise RuleError(
            "Input needs a shape", line=line, hint="write Input(shape=(28, 28, 1)), without batch"
        )
    return without_batch(shape, "shape", line)
