"""tf.data: sets of examples by the shapes of one element; never reads or makes data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, final

from convwise.dialects.python.arrays import Array, as_array
from convwise.dialects.python.framework import Module
from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.values import Abstract, At, Missing, Unknown

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

_SAME: Final = frozenset(
    ("shuffle", "repeat", "prefetch", "cache", "take", "skip", "shard", "with_options", "filter")
)


@final
class Dataset(Abstract):
    """A data set; `element` is one of its elements: an array or a tuple or dict of arrays."""

    def __init__(self, context: Context, element: object) -> None:
        self.context = context
        self.element = element

    def describe(self) -> str:
        return "a data set"

    def get(self, name: str, at: At) -> object:
        if name in _SAME:
            return Function(name, lambda args, kwargs, at: self)
        if name in ("batch", "padded_batch"):
            return Function(name, lambda args, kwargs, at: self._with(_batched))
        if name == "unbatch":
            return Function(name, lambda args, kwargs, at: self._with(_first))
        if name == "map":
            return Function(name, self._map)
        raise Missing(name)

    def _with(self, change: Callable[[Array], Array]) -> Dataset:
        return Dataset(self.context, each(self.element, change))

    def _map(self, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        """The file's function is interpreted on the shapes of one element."""
        given = list(self.element) if type(self.element) is tuple else [self.element]
        function = args[0] if args else kwargs.get("map_func")
        return Dataset(self.context, self.context.interpreter.call(function, given, {}, at))

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        """One element stands for all: what a network does to it, it does to every one."""
        return iter(()) if self.element == () else iter((self.element,))

    def changed_by(self, method: str) -> bool:
        return False


def each(element: object, change: Callable[[Array], Array]) -> object:
    """The same structure with every array changed."""
    if type(element) in (tuple, list):
        return tuple([each(one, change) for one in element])  # type: ignore[attr-defined]
    if type(element) is dict:
        return {key: each(one, change) for key, one in element.items()}
    array = as_array(element)
    return change(array) if array is not None else element


def _first(array: Array) -> Array:
    return Array(array.shape[1:] if array.shape else None, None, array.dtype)


def _batched(array: Array) -> Array:
    return Array((None, *array.shape) if array.shape is not None else None, None, array.dtype)


def data_module(context: Context) -> Module:
    """tf.data."""

    def from_slices(args: list[object], kwargs: dict[str, Any], at: At) -> object:
        given = args[0] if args else kwargs.get("tensors")
        return Dataset(context, each(given, _first))

    def find(name: str, at: At) -> object:
        if name == "Dataset":
            return Module("tf.data.Dataset", member)
        return Inert(f"tf.data.{name}")

    def member(name: str, at: At) -> object:
        if name == "from_tensor_slices":
            return Function(name, from_slices)
        return Inert(f"tf.data.Dataset.{name}")

    return Module("tf.data", find)
