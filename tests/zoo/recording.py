"""Watches every layer call of a live Keras network, on tensors that have shapes and no storage."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import keras
import torch
from keras import tree
from keras.src.backend.torch import numpy as torch_numpy
from keras.src.models.functional import Functional
from keras.src.ops.operation import Operation
from torch.utils.flop_counter import FlopCounterMode

Shape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """What a network was called with: a shape without the batch size, and a type."""

    shape: Shape
    dtype: str


@dataclass(slots=True)
class Call:
    """One call of one operation: where in the nesting, what came out, multiply-adds inside."""

    operation: Any
    path: tuple[str, ...]
    is_group: bool = False
    outputs: tuple[tuple[int, ...], ...] = ()
    macs: int = 0


@dataclass(slots=True)
class Recorder:
    """The calls of one run, a layer before the layers inside it."""

    flops: Callable[[], int] = lambda: 0
    calls: list[Call] = field(default_factory=list)
    stack: list[Call] = field(default_factory=list)

    def run(self, original: Callable[..., Any], operation: Any, args: Any, kwargs: Any) -> Any:
        """Call the operation and note it, unless it is a detail of one of Keras' own layers."""
        outer = self.stack[-1] if self.stack else None
        if outer is not None and not may_contain_layers(outer.operation):
            return original(operation, *args, **kwargs)
        if outer is not None:
            outer.is_group = True
        call = Call(operation, (*(outer.path if outer else ()), operation.name))
        self.calls.append(call)
        self.stack.append(call)
        before = self.flops()
        try:
            result = original(operation, *args, **kwargs)
        finally:
            self.stack.pop()
        call.macs = (self.flops() - before) // 2
        tensors = [x for x in tree.flatten(result) if isinstance(x, torch.Tensor)]
        call.outputs = tuple(tuple(x.shape) for x in tensors)
        return result


def may_contain_layers(operation: Any) -> bool:
    """Whether the layers inside are the user's own business: models and the user's own classes."""
    if isinstance(operation, (Functional, keras.Sequential, keras.Model)):
        return True
    return not type(operation).__module__.startswith("keras.")


@contextlib.contextmanager
def watching(run: Callable[[Any, Any, Any, Any], Any]) -> Iterator[None]:
    """Send every call of every Keras operation through `run(original, operation, args, kwargs)`."""
    original = Operation.__call__

    def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
        return run(original, operation, args, kwargs)

    Operation.__call__ = call
    try:
        yield
    finally:
        Operation.__call__ = original


@contextlib.contextmanager
def without_storage() -> Iterator[None]:
    """Keras on tensors that have only shapes; mends its `repeat`, which fails on them."""
    original = torch_numpy.repeat

    def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
        if isinstance(x, torch.Tensor) and isinstance(repeats, int) and axis is not None:
            return torch.repeat_interleave(x, repeats, dim=axis)
        return original(x, repeats, axis=axis)

    with keras.device("meta"), mock.patch.object(torch_numpy, "repeat", repeat):
        yield


def spec_of(tensor: Any) -> Any:
    """The specification of one argument of a call; the first dimension is taken as the batch."""
    if not isinstance(tensor, (torch.Tensor, keras.KerasTensor)):
        return tensor
    return TensorSpec((None, *tensor.shape[1:]), keras.backend.standardize_dtype(tensor.dtype))


def fill(spec: Any, batch: int, free: int) -> Any:
    """A tensor without storage for a specification; other arguments pass through."""
    if not isinstance(spec, TensorSpec):
        return spec
    sizes = [free if dim is None else dim for dim in spec.shape[1:]]
    return keras.ops.zeros((batch, *sizes), dtype=spec.dtype)


def replay(model: Any, args: Any, kwargs: Any, batch: int, free: int) -> tuple[list[Call], int]:
    """Run a network once without arithmetic: its calls and the multiply-adds of all of them."""

    def filled(spec: Any) -> Any:
        return fill(spec, batch, free)

    counter = FlopCounterMode(display=False)
    recorder = Recorder(counter.get_total_flops)
    with without_storage(), torch.no_grad(), counter, watching(recorder.run):
        kwargs = {**tree.map_structure(filled, kwargs), "training": False}
        model(*tree.map_structure(filled, args), **kwargs)
    return recorder.calls, counter.get_total_flops() // 2
