"""Shapes and multiply-adds of PyTorch's own functions on tensors without data; no convwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

Shape = tuple[int, ...]


class Counted(NamedTuple):
    """Shapes of all outputs, multiply-adds forward and of the whole backward pass."""

    shapes: list[Shape]
    forward: int
    backward: int


def counted(function: Callable[..., Any], *shapes: Shape) -> Counted:
    """What FlopCounterMode counts, two operations per multiply-add; every input learns."""
    inputs = [torch.empty(shape, device="meta", requires_grad=True) for shape in shapes]
    with FlopCounterMode(display=False) as forward:
        made = function(*inputs)
    outputs = [one for one in (made if isinstance(made, tuple) else (made,)) if one is not None]
    with FlopCounterMode(display=False) as backward:
        outputs[0].sum().backward()
    return Counted(
        [tuple(one.shape) for one in outputs],
        forward.get_total_flops() // 2,
        backward.get_total_flops() // 2,
    )
