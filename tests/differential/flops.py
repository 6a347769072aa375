"""Multiply-adds of one Keras layer as PyTorch counts them, on tensors without data; no convwise.

Keras's PyTorch backend runs the layer on the meta device, where operations have shapes and no
values, and FlopCounterMode counts 2 floating-point operations per multiply-add.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from keras.layers import RNN
from keras.src.backend.common import global_state
from torch.utils.flop_counter import FlopCounterMode

from tests.differential.cases import Case
from tests.differential.oracle import build


@dataclass(frozen=True, slots=True)
class Macs:
    """Multiply-adds for one example: forward, for the inputs' gradients, for the weights'."""

    forward: int
    input_gradient: int
    weight_gradient: int


@contextmanager
def on_meta() -> Iterator[None]:
    """Keras's tensors are made on the meta device.

    `keras.device("meta")` would copy every tensor it meets, which cuts the gradient; the same
    setting as a `torch.device` leaves tensors that are there already alone.
    """
    before = global_state.get_global_attribute("torch_device")
    global_state.set_global_attribute("torch_device", torch.device("meta"))
    try:
        yield
    finally:
        global_state.set_global_attribute("torch_device", before)


def count(case: Case) -> Macs:
    """Forward, input gradient alone, weight gradient alone, each counted in a run of its own."""
    layer, _ = build(case)
    _unroll(layer)
    with on_meta():
        return Macs(
            forward=_counted(case, layer, inputs_learn=False, weights_learn=False),
            input_gradient=_counted(case, layer, inputs_learn=True, weights_learn=False),
            weight_gradient=_counted(case, layer, inputs_learn=False, weights_learn=True),
        )


def _unroll(layer: Any) -> None:
    """Keras's loop over steps runs the first step twice, to see what comes out; unrolled once."""
    for one in layer._flatten_layers():
        if isinstance(one, RNN):
            one.unroll = True


def _counted(case: Case, layer: Any, inputs_learn: bool, weights_learn: bool) -> int:
    """The forward pass if nothing learns, else only the backward pass to what learns."""
    inputs = [_empty((1, *shape), inputs_learn) for shape in case.shapes]
    weights = [_empty(tuple(one.shape), weights_learn) for one in layer.trainable_variables]
    fixed = [_empty(tuple(one.shape), False) for one in layer.non_trainable_variables]
    with FlopCounterMode(display=False) as forward:
        output, _ = layer.stateless_call(weights, fixed, *case.given(inputs))
    if not (inputs_learn or weights_learn):
        return int(forward.get_total_flops()) // 2
    wanted = inputs if inputs_learn else weights
    if not wanted:
        return 0
    with FlopCounterMode(display=False) as backward:
        torch.autograd.grad(output, wanted, torch.empty_like(output), allow_unused=True)
    return int(backward.get_total_flops()) // 2


def _empty(shape: tuple[int, ...], learns: bool) -> torch.Tensor:
    return torch.empty(shape, device="meta", requires_grad=learns)
