"""Runs a module's own forward with its insides watched, and leaves the module as it was."""

from __future__ import annotations

import random
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from typing import Any, final

import torch
from torch import nn

Forward = Callable[..., Any]
Watched = Callable[[nn.Module, Forward, tuple[Any, ...], dict[str, Any], bool], Any]

_REGISTERED = ("_modules", "_parameters", "_buffers")
_COPIED = (list, dict, set, OrderedDict)


@final
class Snapshot:
    """What all modules of a network hold, to be put back."""

    def __init__(self, module: nn.Module) -> None:
        self.modules = every_module(module)
        self._kept = [(one, type(one), _contents(one)) for one in self.modules]

    def restore(self) -> None:
        """Put everything back."""
        for one, sort, before in self._kept:
            _restore(one, sort, before)


@contextmanager
def watched(
    snapshot: Snapshot, watch: Watched, bases: Mapping[int, type[nn.Module]]
) -> Iterator[None]:
    """Every forward inside goes through `watch(module, forward, args, kwargs, base)`.

    The modules run as after eval(); what their forwards change in them is undone, random numbers
    are as before. bases: by identity the class of PyTorch's own that a module's class derives from
    and whose forward it may call: that call is watched with `base` true.
    """
    drawn = random.getstate(), torch.get_rng_state(), _numpy_state()
    try:
        for one in snapshot.modules:
            fields = vars(one)
            fields["forward"] = partial(_forward, watch, one, one.forward, False)
            fields["training"] = False
            fields["_compiled_call_impl"] = None
            if id(one) in bases:
                _derive(one, bases[id(one)], watch)
        # What forward prints is no part of an answer.
        with redirect_stdout(sys.stderr), torch.inference_mode(False), torch.enable_grad():
            yield
    finally:
        snapshot.restore()
        random.setstate(drawn[0])
        torch.set_rng_state(drawn[1])
        drawn[2]()


def every_module(module: nn.Module) -> list[nn.Module]:
    """All modules inside, with those that lists, dicts and tuples of theirs hold unregistered."""
    found = {id(one): one for one in module.modules()}
    waiting = list(found.values())
    while waiting:
        for _, hidden in held_modules(waiting.pop()):
            for one in hidden.modules():
                if id(one) not in found:
                    found[id(one)] = one
                    waiting.append(one)
    return list(found.values())


def held_modules(module: nn.Module) -> list[tuple[str, nn.Module]]:
    """Modules that a module's plain lists, dicts and tuples hold, with their places."""
    found: list[tuple[str, nn.Module]] = []
    for name, value in vars(module).items():
        pairs: Iterable[tuple[object, object]] = ()
        if type(value) in (list, tuple):
            pairs = enumerate(value)
        elif type(value) is dict and name not in _REGISTERED:
            pairs = value.items()
        found += [(f"{name}.{key}", one) for key, one in pairs if isinstance(one, nn.Module)]
    return found


def _numpy_state() -> Callable[[], None]:
    """Sets NumPy's random numbers to what they are now, where something has loaded NumPy."""
    numpy: Any = sys.modules.get("numpy")
    if numpy is None:
        return lambda: None
    return partial(numpy.random.set_state, numpy.random.get_state())


def _forward(
    watch: Watched, module: nn.Module, forward: Forward, base: bool, *args: Any, **kwargs: Any
) -> Any:
    return watch(module, forward, args, kwargs, base)


def _derive(module: nn.Module, base: type[nn.Module], watch: Watched) -> None:
    """Put a class between a module's own and PyTorch's, so that super().forward is seen."""

    def forward(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        return watch(self, partial(base.forward, self), args, kwargs, True)

    sort = type(module)
    between = type(base.__name__, (base,), {"forward": forward})
    with suppress(TypeError):
        object.__setattr__(module, "__class__", type(sort.__name__, (sort, between), {}))


def _contents(module: nn.Module) -> tuple[dict[str, Any], list[tuple[Any, Any]]]:
    """A module's attributes, and what the lists, dicts and sets among them hold."""
    fields = dict(vars(module))
    # Most of them are empty: lists of hooks.
    inner = [(one, one.copy() if one else ()) for one in fields.values() if type(one) in _COPIED]
    return fields, inner


def _restore(
    module: nn.Module, sort: type, before: tuple[dict[str, Any], list[tuple[Any, Any]]]
) -> None:
    if type(module) is not sort:
        object.__setattr__(module, "__class__", sort)
    fields, inner = before
    now = vars(module)
    for name in [one for one in now if one not in fields]:
        del now[name]
    now.update(fields)
    for one, held in inner:
        if not one and not held:
            continue
        one.clear()
        if type(one) is list:
            one.extend(held)
        else:
            one.update(held)
