"""To which module an operator belongs, forward and backward; measures nothing."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, final

import torch
from torch.autograd import _get_sequence_nr


@final
class Layers:
    """Follows which module runs; in the backward pass, whose forward made the gradient's node.

    Every node of the autograd graph has a number, counted up as the forward pass makes them.
    """

    def __init__(self) -> None:
        self._running: list[str] = []
        self._numbers: list[int] = []
        self._names: list[str] = []
        self._hooks: list[Any] = []

    def attach(self, module: Any) -> None:
        """Watch a module and all modules in it, until `detach`."""
        for name, part in module.named_modules():
            self._hooks.append(part.register_forward_pre_hook(self._enter(name)))
            self._hooks.append(part.register_forward_hook(self._leave, always_call=True))

    def detach(self) -> None:
        """Leave the modules as they were."""
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    def forward(self, operator: str) -> str:
        """The layer of an operator that runs now in a forward pass."""
        # A leaf is called by its module; what runs between modules by its operator.
        name = (self._running[-1] if self._running else "") or operator
        self._numbers.append(_get_sequence_nr())
        self._names.append(name)
        return name

    def backward(self) -> str:
        """The layer whose gradient is computed now; empty outside of a backward pass."""
        node = torch._C._current_autograd_node()
        if node is None:
            return ""
        place = bisect_right(self._numbers, node._sequence_nr())
        return self._names[place] if place < len(self._names) else ""

    def forget(self) -> None:
        """Start anew: numbers of an earlier step say nothing of the next."""
        self._numbers.clear()
        self._names.clear()

    def _enter(self, name: str) -> Any:
        def enter(module: Any, inputs: Any) -> None:
            self._running.append(name)

        return enter

    def _leave(self, module: Any, inputs: Any, output: Any) -> None:
        self._running.pop()
