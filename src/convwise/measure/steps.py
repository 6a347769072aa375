"""One training step and one inference, as everything here runs them; measures nothing.

The convention: gradients are set to None; for each part of the batch the outputs are compared with
targets of their own size by the mean squared error, and the backward pass runs; then the optimizer
steps. Precision "bf16-mixed" is PyTorch's autocast; "float64" converts the module.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, final

import torch
import torch.nn.functional as F  # noqa: N812
from torch.utils._pytree import tree_leaves

from convwise.analyses.memory.options import Training

Mark = Callable[[str], None]
_RATE = 1e-4


def _ignore(phase: str) -> None:
    """Nobody wants to know."""


def optimizer_of(name: str, parameters: Any) -> Any:
    """PyTorch's optimizer of this name with its own defaults."""
    makers: dict[str, Callable[[Any], Any]] = {
        "sgd": lambda given: torch.optim.SGD(given, lr=_RATE),
        "momentum": lambda given: torch.optim.SGD(given, lr=_RATE, momentum=0.9),
        "adam": lambda given: torch.optim.Adam(given, lr=_RATE),
        "adamw": lambda given: torch.optim.AdamW(given, lr=_RATE),
        "rmsprop": lambda given: torch.optim.RMSprop(given, lr=_RATE),
    }
    return makers[name]([p for p in parameters if p.requires_grad])


@final
class Run:
    """A module with its inputs, ready to step: `training` says how, None means inference."""

    def __init__(self, module: Any, inputs: tuple[Any, ...], training: Training | None) -> None:
        self.module = module
        self.inputs = inputs
        self.training = training
        self.targets: list[Any] = []
        self.optimizer: Any = None
        if training is None:
            module.eval()
            return
        module.train()
        if training.precision == "float64":
            module.double()
            self.inputs = tuple([x.double() if x.is_floating_point() else x for x in inputs])
        learned = [p for p in module.parameters() if p.requires_grad]
        self.optimizer = optimizer_of(training.optimizer, learned) if learned else None
        with torch.no_grad(), self._precision():
            found = _floats(module(*self.inputs))
            self.targets = [torch.zeros_like(output, dtype=_target(output)) for output in found]

    def __call__(self, mark: Mark = _ignore) -> None:
        """One step; `mark` is told the phase that begins."""
        if self.training is None:
            mark("forward")
            with torch.no_grad():
                self.module(*self.inputs)
            return
        mark("optimizer")
        self.module.zero_grad(set_to_none=True)
        for _ in range(self.training.accumulation):
            self._part(mark)
        mark("optimizer")
        if self.optimizer is not None:
            self.optimizer.step()

    def lasting(self) -> list[Any]:
        """The tensors that are there between steps: weights, buffers, states, inputs, targets."""
        found = [*self.module.parameters(), *self.module.buffers(), *self.inputs, *self.targets]
        found += [p.grad for p in self.module.parameters() if p.grad is not None]
        states = self.optimizer.state.values() if self.optimizer is not None else ()
        return found + [
            leaf for leaf in tree_leaves(list(states)) if isinstance(leaf, torch.Tensor)
        ]

    def _part(self, mark: Mark) -> None:
        """Forward and backward of one part of the batch."""
        mark("forward")
        with self._precision():
            outputs = _floats(self.module(*self.inputs))
        mark("loss")
        pairs = list(zip(outputs, self.targets, strict=True))
        loss = sum([F.mse_loss(output.to(target.dtype), target) for output, target in pairs])
        mark("backward")
        if torch.is_tensor(loss) and loss.requires_grad:
            loss.backward()

    def _precision(self) -> AbstractContextManager[Any]:
        mixed = self.training is not None and self.training.precision == "bf16-mixed"
        if not mixed:
            return nullcontext()
        made: AbstractContextManager[Any] = torch.autocast("cpu", dtype=torch.bfloat16)
        return made


def _target(output: Any) -> Any:
    """Losses are computed in float32 at least."""
    return torch.float64 if output.dtype == torch.float64 else torch.float32


def _floats(outputs: Any) -> list[Any]:
    """The outputs that have a gradient, in order."""
    found = [leaf for leaf in tree_leaves(outputs) if isinstance(leaf, torch.Tensor)]
    return [leaf for leaf in found if leaf.is_floating_point()]
