"""Runs a part of a forward pass so that it is computed again in the backward pass; plans nothing.

Chen, Xu, Zhang, Guestrin: Training Deep Nets with Sublinear Memory Cost (arXiv:1604.06174). What
goes in is kept; PyTorch's checkpoint restores the random state, so that dropout draws the same.
Buffers that the part changes (moving statistics) are changed by the first pass only: the second
works on copies of what they were before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple

import torch
from torch.utils.checkpoint import checkpoint


class _Buffer(NamedTuple):
    """A buffer where it lives, and a copy of what it was."""

    home: dict[str, Any]
    name: str
    before: Any


def recomputed(part: Callable[..., Any], reads: tuple[str, ...], *values: Any) -> Any:
    """`part(*values)`, a bound method of a module, of which backward keeps `values` only.

    reads: the attributes of the module that the part uses, in which buffers may be.
    """
    if not torch.is_grad_enabled():
        return part(*values)
    module = getattr(part, "__self__", None)
    assert isinstance(module, torch.nn.Module)

    def contexts() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        return nullcontext(), _as_before(_buffers(module, reads))

    return checkpoint(part, *values, use_reentrant=False, context_fn=contexts)


@contextmanager
def _as_before(buffers: list[_Buffer]) -> Iterator[None]:
    """Puts copies of what they were in the place of buffers, and the buffers back again."""
    now = [one.home[one.name] for one in buffers]
    for one in buffers:
        one.home[one.name] = one.before.clone()
    try:
        yield
    finally:
        for one, buffer in zip(buffers, now, strict=True):
            one.home[one.name] = buffer


def _buffers(module: torch.nn.Module, reads: tuple[str, ...]) -> list[_Buffer]:
    """The buffers that a part can change, as they are now: those of layers that train.

    Whether a layer changes them cannot be seen: batch normalisation does not count up the version
    of its statistics. What the module itself holds are constants.
    """
    layers = [module._modules[name] for name in reads if name in module._modules]
    owners = {id(owner): owner for layer in layers if layer for owner in layer.modules()}
    return [
        _Buffer(owner._buffers, name, buffer.detach().clone())
        for owner in owners.values()
        if owner.training
        for name, buffer in owner._buffers.items()
        if buffer is not None
    ]
