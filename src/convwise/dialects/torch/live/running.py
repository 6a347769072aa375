"""Runs a module's own forward with its insides watched, and leaves the module as it was."""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import nn

Forward = Callable[..., Any]
Watched = Callable[[nn.Module, Forward, tuple[Any, ...], dict[str, Any]], Any]

_COPIED = (list, dict, set, OrderedDict)


@contextmanager
def watched(module: nn.Module, watch: Watched) -> Iterator[None]:
    """Every forward inside goes through `watch(module, forward, args, kwargs)`, as after eval().

    What the forward changes in its modules is undone; random numbers are as before.
    """
    kept = [(one, _contents(one)) for one in module.modules()]
    drawn = random.getstate(), torch.get_rng_state()
    try:
        for one, _ in kept:
            fields = vars(one)
            fields["forward"] = partial(_forward, watch, one, one.forward)
            fields["training"] = False
            fields["_compiled_call_impl"] = None
        with torch.inference_mode(False), torch.enable_grad():
            yield
    finally:
        for one, before in kept:
            _restore(one, before)
        random.setstate(drawn[0])
        torch.set_rng_state(drawn[1])


def _forward(watch: Watched, module: nn.Module, forward: Forward, *args: Any, **kwargs: Any) -> Any:
    return watch(module, forward, args, kwargs)


def _contents(module: nn.Module) -> tuple[dict[str, Any], list[tuple[Any, Any]]]:
    """A module's attributes, and what the lists, dicts and sets among them hold."""
    fields = dict(vars(module))
    inner = [(one, one.copy()) for one in fields.values() if type(one) in _COPIED]
    return fields, inner


def _restore(module: nn.Module, before: tuple[dict[str, Any], list[tuple[Any, Any]]]) -> None:
    fields, inner = before
    now = vars(module)
    now.clear()
    now.update(fields)
    for one, held in inner:
        one.clear()
        if type(one) is list:
            one.extend(held)
        else:
            one.update(held)
