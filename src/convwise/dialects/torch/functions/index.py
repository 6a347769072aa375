"""Finds a function on tensors by its name, loading its family on first use; states no rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from convwise.dialects.python.values import At
from convwise.dialects.torch.functions.call import Behind, Call, bind
from convwise.dialects.torch.functions.of_arrays import made, unlisted
from convwise.dialects.torch.layers import call_function
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.table import index as table
from convwise.dialects.torch.values import flat, tensors_in
from convwise.errors import ConvwiseError

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context

Arguments = dict[str, Any]
Run = Callable[["Context", list[Any], Arguments, At], object]
Body = Callable[[Call], object]

_FAMILIES: Final = (
    "elementwise",
    "shapes",
    "joining",
    "reductions",
    "products",
    "creation",
    "selecting",
    "choosing",
    "gathering",
    "losses",
)


class _Known(NamedTuple):
    parameters: tuple[str, ...]
    body: Body


@cache
def _known() -> Mapping[str, _Known]:
    """Every function of all families."""
    found: dict[str, _Known] = {}
    for family in _FAMILIES:
        module = import_module(f"convwise.dialects.torch.functions.{family}")
        for name, (parameters, body) in module.FUNCTIONS.items():
            found[name] = _Known(tuple(parameters.split()), body)
    return found


def families() -> dict[str, tuple[str, ...]]:
    """The names of all functions that are known beside those of the table, by family."""
    found = {}
    for family in _FAMILIES:
        module = import_module(f"convwise.dialects.torch.functions.{family}")
        found[family] = tuple(module.FUNCTIONS)
    return found


def is_operation(name: str) -> bool:
    """Whether a function of this name is known to work on tensors."""
    return _place(name) is not None or table.find_function(name) is not None


def parameters_of(name: str) -> tuple[str, ...]:
    """What a function of this name is given, in order; nothing where it is not known."""
    found = _place(name)
    return () if found is None else found[0].parameters


def _place(name: str) -> tuple[_Known, bool] | None:
    """A function and whether it works in place."""
    known = _known()
    found = known.get(name)
    if found is not None:
        return found, False
    if name.endswith("_") and not name.startswith("_"):
        found = known.get(name[:-1])
        return None if found is None else (found, True)
    return None


@cache
def function(name: str) -> Run | None:
    """`torch.<name>` as `run(context, args, kwargs, at)`; None for names with an underscore first.

    A function that is not in the catalog gives an unknown operation of its tensors.
    """
    if name.startswith("_"):
        return None
    found = _place(name)
    if found is not None:
        known, in_place = found
        return _runner(name, known, in_place)
    entry = table.find_function(name)
    base = table.find_function(name[:-1]) if entry is None and name.endswith("_") else None
    if entry is not None:
        return lambda context, args, kwargs, at: call_function(context, entry, args, kwargs, at)
    if base is not None:
        return lambda context, args, kwargs, at: _overwritten(context, base, args, kwargs, at)
    return lambda context, args, kwargs, at: _not_in_catalog(context, name, args, kwargs, at)


def _runner(name: str, known: _Known, in_place: bool) -> Run:
    def run(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
        try:
            given = bind(name, known.parameters, args, kwargs)
            call = Call(context, name, given, at, in_place)
            leaves = flat(list(given.values()))
            kinds = {type(one) for one in leaves}
            if Symbol not in kinds and Weight not in kinds:
                return made(call, known.body, leaves)
            if Symbol in kinds and not all(one.known for one in leaves if type(one) is Symbol):
                return call.unknown()
            return known.body(call)
        except Behind:
            return call.unknown()
        except ConvwiseError as error:
            raise error.at(line=at.line, layer=context.recording.path(name)) from None

    return run


def _overwritten(
    context: Context, entry: Any, args: list[Any], kwargs: Arguments, at: At
) -> object:
    """A function of the table whose first tensor becomes the result."""
    found = call_function(context, entry, args, kwargs, at)
    target = tensors_in(args[:1])
    if target:
        target[0].replace(found.value())  # type: ignore[attr-defined]
        return target[0]
    return found


def _not_in_catalog(
    context: Context, name: str, args: list[Any], kwargs: Arguments, at: At
) -> object:
    given = {str(place): value for place, value in enumerate(args)} | kwargs
    call = Call(context, name, given, at, name.endswith("_"))
    if not tensors_in(list(call.given.values())):
        return unlisted(call)
    return call.unknown()
