"""One rule on arrays of one's own, and its outputs and gradients beside PyTorch's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from convwise.graph.axes import tensor
from convwise.graph.obligations import Must
from convwise.kinds.contract import Kind
from convwise.reference.contract import Array, Pass, Use
from convwise.reference.rules.table import rule_of
from tests.reference.torch_agreement import apart

Roles = Sequence[Sequence[str | None]]


def used(
    kind: Kind,
    inputs: Sequence[Array],
    weights: Mapping[str, Array] | None = None,
    roles: Roles | None = None,
    training: bool = False,
) -> Use[Any]:
    """A use of a kind; axes without roles unless they are given."""
    named = roles or [[None] * one.ndim for one in inputs]
    operands = tuple(
        [tensor(one.shape, each, _dtype(one)) for one, each in zip(inputs, named, strict=True)]
    )
    outputs = kind.outputs(operands, Must())
    random = np.random.default_rng(0)
    return Use(kind, operands, outputs, tuple(inputs), weights or {}, training, random)


def computed(
    kind: Kind,
    inputs: Sequence[Array],
    weights: Mapping[str, Array] | None = None,
    roles: Roles | None = None,
) -> Pass:
    """The rule's answer, which has the shapes that the kind says."""
    use = used(kind, inputs, weights, roles)
    made = rule_of(kind.name)(use)
    assert [one.shape for one in made.outputs] == [one.shape for one in use.outputs]
    return made


def _dtype(values: Array) -> str:
    return {"b": "bool", "i": "int64"}.get(values.dtype.kind, "float64")


def leaves(arrays: Sequence[Array]) -> list[torch.Tensor]:
    """Arrays as tensors that gather gradients where they hold numbers."""
    made = [torch.tensor(one) for one in arrays]
    return [one.requires_grad_(one.is_floating_point()) for one in made]


def unlike(
    made: Pass,
    theirs: Sequence[torch.Tensor],
    inputs: Sequence[torch.Tensor],
    weights: Mapping[str, torch.Tensor] | None = None,
    seed: int = 0,
) -> list[str]:
    """What differs: outputs, gradients of the inputs, and gradients of weights by their roles."""
    random = np.random.default_rng(seed)
    found = []
    for number, (ours, one) in enumerate(zip(made.outputs, theirs, strict=True)):
        found += apart(f"output {number}", torch.tensor(ours), one.detach())
    upstream = [random.normal(0, 1, one.shape) for one in made.outputs]
    torch.autograd.backward(list(theirs), [torch.tensor(one) for one in upstream])
    gradients = made.backward(tuple(upstream))
    for number, (mine, leaf) in enumerate(zip(gradients.inputs, inputs, strict=True)):
        found += _gradient(f"input {number}", mine, leaf)
    for role, leaf in (weights or {}).items():
        found += _gradient(role, gradients.weights[role], leaf)
    return found


def _gradient(what: str, mine: Array | None, leaf: torch.Tensor) -> list[str]:
    """No gradient is the same as one of zeros."""
    ours = torch.zeros(leaf.shape) if mine is None else torch.tensor(mine)
    theirs = torch.zeros(leaf.shape) if leaf.grad is None else leaf.grad
    return apart(f"gradient of {what}", ours, theirs)
