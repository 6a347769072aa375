"""What a module is called on: shapes, tensors and structures of them, by forward's parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Any, NamedTuple, final

import torch
from convwise.dialects.python.checks import closest
from convwise.dialects.torch.blocks import Block, tree
from convwise.dialects.torch.conventions import guess
from convwise.dialects.torch.layers import LayerObject
from convwise.errors import MissingInputError, UsageError
from convwise.graph.dims import Dim, symbol, symbols_of
from torch import nn

_LETTERS = {"height": "H", "width": "W", "depth": "D", "time": "T", "channel": "C", "feature": "F"}
_VARIABLE = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


class Leaf(NamedTuple):
    """One input: sizes without the batch, its type and batch where they are given.

    `alone`: a single number without a batch.
    """

    name: str
    shape: tuple[Dim, ...]
    dtype: torch.dtype | None = None
    batch: int | None = None
    alone: bool = False


@final
class Given:
    """The arguments of a call, structures with a Leaf for every tensor."""

    def __init__(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        self.args = args
        self.kwargs = kwargs
        self.leaves: list[Leaf] = []
        _each((args, kwargs), self.leaves.append)

    @property
    def batch(self) -> int | None:
        """The batch that all tensors have which were given with one; None where none was."""
        return next((one.batch for one in self.leaves if one.batch is not None), None)

    @property
    def agree(self) -> bool:
        """Whether all that were given with a batch have the same."""
        return len({one.batch for one in self.leaves if one.batch is not None}) < 2

    @property
    def symbols(self) -> list[str]:
        """The names of sizes that are left open, the batch not among them."""
        found: dict[str, None] = {}
        for one in self.leaves:
            for dim in one.shape:
                found.update(dict.fromkeys(sorted(symbols_of(dim))))
        return list(found)

    def filled(self, make: Callable[[Leaf], Any]) -> tuple[list[Any], dict[str, Any]]:
        """The arguments with a value for every Leaf."""
        args, kwargs = _filled((self.args, self.kwargs), make)
        return list(args), kwargs


def _each(value: Any, see: Callable[[Leaf], None]) -> None:
    if type(value) is Leaf:
        see(value)
    elif type(value) in (list, tuple):
        for one in value:
            _each(one, see)
    elif type(value) is dict:
        for one in value.values():
            _each(one, see)


def _filled(value: Any, make: Callable[[Leaf], Any]) -> Any:
    if type(value) is Leaf:
        return make(value)
    if type(value) in (list, tuple):
        return type(value)([_filled(one, make) for one in value])
    if type(value) is dict:
        return {key: _filled(one, make) for key, one in value.items()}
    return value


def given_inputs(module: nn.Module, inputs: Mapping[str | None, Any], root: Block) -> Given:
    """The arguments that a user's inputs make.

    Raises MissingInputError for an input without a shape, UsageError for a name that forward has
    not.
    """
    parameters = list(signature(module.forward).parameters.values())
    named = {one.name: one for one in parameters if one.kind not in _VARIABLE}
    values: dict[str, Any] = {key: value for key, value in inputs.items() if key is not None}
    spread: list[Any] = []
    open_keywords = any(one.kind is Parameter.VAR_KEYWORD for one in parameters)
    for key in values:
        if key not in named and not open_keywords:
            raise _no_such_input(key, list(named))
    needed = [
        name for name, one in named.items() if one.default is Parameter.empty and name not in values
    ]
    if None in inputs:
        shared = inputs[None]
        if not needed and not values:
            needed = list(named)[:1]
        if not needed and not values:
            spread = [_leafed("input", shared)]
        several = type(shared) in (list, tuple) and not _is_shape(shared)
        if several and len(shared) == len(needed) > 1:
            values.update(zip(needed, shared, strict=True))
        else:
            values.update(dict.fromkeys(needed, shared))
    elif needed or not (values or _without_inputs(parameters)):
        raise _missing(module, (needed or list(named) or ["input"])[0], root)
    return _arranged(named, values, spread)


def _without_inputs(parameters: list[Parameter]) -> bool:
    return not parameters


def _arranged(named: dict[str, Parameter], values: dict[str, Any], spread: list[Any]) -> Given:
    """Positional arguments as long as forward's order has no gap, the rest by name."""
    args: list[Any] = list(spread)
    kwargs: dict[str, Any] = {}
    gap = False
    for name, parameter in named.items():
        if name not in values:
            gap = True
        elif gap or parameter.kind is Parameter.KEYWORD_ONLY:
            kwargs[name] = _leafed(name, values[name])
        else:
            args.append(_leafed(name, values[name]))
    others = {name: _leafed(name, value) for name, value in values.items() if name not in named}
    return Given(args, {**kwargs, **others})


def _is_shape(value: object) -> bool:
    return isinstance(value, tuple | list) and all(
        one is None or (isinstance(one, int | str) and not isinstance(one, bool)) for one in value
    )


def _leafed(name: str, value: Any) -> Any:
    """A structure of shapes and tensors as one of leaves; other values stay."""
    if isinstance(value, torch.Tensor):
        return _of_tensor(name, value)
    if _is_shape(value):
        return Leaf(name, _dims(tuple(value)))
    if isinstance(value, list | tuple):
        made = [_leafed(f"{name}[{place}]", one) for place, one in enumerate(value)]
        return made if isinstance(value, list) else tuple(made)
    if isinstance(value, Mapping):
        return {key: _leafed(str(key), one) for key, one in value.items()}
    if callable(getattr(value, "__array__", None)):
        return _of_tensor(name, torch.as_tensor(value))
    return value


def _of_tensor(name: str, value: torch.Tensor) -> Leaf:
    if value.is_complex():
        raise UsageError(f"{name} has complex numbers", hint="give its parts as two real channels")
    if not value.dim():
        return Leaf(name, (), value.dtype, None, True)
    first, *rest = [int(one) for one in value.size()]
    return Leaf(name, tuple(rest), value.dtype, first)


def _dims(shape: tuple[int | str | None, ...]) -> tuple[Dim, ...]:
    """Sizes as exact ones; an open one without a name is called after its axis."""
    roles = guess(len(shape) + 1)[1:]
    found: list[Dim] = []
    for size, role in zip(shape, roles, strict=True):
        if size is None:
            size = _LETTERS.get(role or "", "L")
        if isinstance(size, str):
            found.append(symbol(f"{size}_" if size == "N" else size))
        elif size < 1:
            raise UsageError(
                f"an input has no size {size}", hint="sizes are 1 or more, without the batch"
            )
        else:
            found.append(int(size))
    return tuple(found)


def _no_such_input(key: str, known: list[str]) -> UsageError:
    near = closest(key, known)
    listed = f"forward takes {', '.join(known)}" if known else "forward takes no names"
    return UsageError(
        f"forward has no parameter {key!r:.60}", hint=f"did you mean {near}?" if near else listed
    )


def _missing(module: nn.Module, name: str, root: Block) -> MissingInputError:
    """The message says what the first layers tell about the input."""
    known, sample = _first_expectation(root)
    more = f"; {known}" if known else ""
    return MissingInputError(
        f"the shape of {name}, an input of {type(module).__name__}, is not given{more}",
        hint=f"give it without the batch, such as input={sample}",
    )


def _first_expectation(root: Block) -> tuple[str, str]:
    for path, one in tree(root):
        if isinstance(one, LayerObject) and one.entry.expects is not None:
            for expected in one.entry.expects(one.arguments):
                rank = one.entry.name[-2:-1]
                space = ", 224" * int(rank) if rank.isdigit() else ""
                named = f"{path or one.class_name} ({one.class_name})"
                text = f"{named} needs {expected.size} {expected.what}"
                return text, f"({expected.size}{space or ','})"
    return "", "(3, 224, 224)"
