"""Values in a configuration: tensors by name, slices, types; nothing in them is executed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.values import Unknown
from convwise.errors import ReadError

#: A configuration as JSON gives it.
Config = dict[str, Any]
Tensors = Callable[[object], object]

#: Deeper than any model nests; beyond, a configuration was made to exhaust its reader.
MOST_DEPTH = 60


def is_object(value: object) -> bool:
    """Whether a value is a serialised object: it names its class."""
    return type(value) is dict and type(value.get("class_name")) is str


def inner(value: Any) -> Config:
    """The configuration of a serialised object; {} when it has none."""
    found = value.get("config")
    return found if type(found) is dict else {}


def plain(value: Any, tensors: Tensors | None = None, depth: int = 0) -> Any:
    """A value as code would have it: lists of numbers are tuples, references are tensors.

    `tensors` finds the tensor that a reference (layer, call, output) names.
    Raises ReadError for what nests too deeply.
    """
    if depth > MOST_DEPTH:
        raise ReadError("its configuration nests too deeply", hint="save the model again")
    if is_object(value):
        return _object(value, tensors, depth)
    if type(value) is dict:
        return {key: plain(one, tensors, depth + 1) for key, one in value.items()}
    if type(value) is list:
        found = [plain(one, tensors, depth + 1) for one in value]
        return tuple(found) if all(_is_number(one) for one in found) else found
    return value


def _is_number(value: object) -> bool:
    return value is None or type(value) in (int, float, bool, tuple)


def _object(value: Config, tensors: Tensors | None, depth: int) -> Any:
    name, config = value["class_name"], inner(value)
    if name == "__keras_tensor__":
        place = config.get("keras_history")
        return Unknown("a tensor of nowhere") if tensors is None else tensors(place)
    if name == "__slice__":
        return slice(*[plain(config.get(end), tensors, depth + 1) for end in _ENDS])
    if name == "__ellipsis__":
        return Ellipsis
    if name in ("__numpy__", "__tensor__"):
        return _array(config)
    if name in ("__lambda__", "function"):
        return Unknown(f"the function {config.get('name', 'of a lambda')!s:.40}")
    if name in ("DTypePolicy", "Policy", "FloatDTypePolicy"):
        return config.get("name")
    if name == "TensorShape":
        return plain(value.get("items") or (), tensors, depth + 1)
    return value


_ENDS = ("start", "stop", "step")


def _array(config: Config) -> Array:
    """An array by its shape; one number by its value."""
    shape: list[int] = []
    level = config.get("value")
    while type(level) is list and len(shape) < MOST_DEPTH:
        shape.append(len(level))
        level = level[0] if level else None
    dtype = config.get("dtype")
    return Array(tuple(shape), None, dtype if type(dtype) is str else "float32")
