"""Follows every operator and every tensor of a training step; measures and predicts nothing.

The step runs on fake tensors, which have shapes and no numbers: PyTorch's own autograd decides what
is kept and when it dies, and nothing is computed or allocated. Of real tensors the same is seen.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import Any, final

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from convwise.analyses.memory.options import Training
from convwise.measure.layers import Layers
from convwise.measure.operators import Operator, operator_of
from convwise.measure.steps import Run
from convwise.measure.subjects import Subject

#: The C library maps larger blocks one by one and gives them back at once (malloc's
#: DEFAULT_MMAP_THRESHOLD_MAX on 64 bits); smaller ones share a heap.
HEAP_BLOCK_BYTES = 32 * 1024 * 1024
_ITEM = torch.ops.aten._local_scalar_dense.default


@dataclass(frozen=True, slots=True)
class Event:
    """One operator of a step: bytes alive before it, those in the heap, and what it adds.

    `layer` is the module it belongs to, `phase` "forward", "loss", "backward" or "optimizer".
    """

    operator: Operator
    live_bytes: int
    heap_bytes: int
    new_bytes: int
    layer: str
    phase: str


@dataclass(slots=True)
class Watched:
    """What was seen of a step, in order; `lasting_bytes` were alive when it began.

    `heap_bytes`: those of them in the heap. `largest_bytes`: of the blocks made in the heap.
    """

    lasting_bytes: int = 0
    heap_bytes: int = 0
    largest_bytes: int = 0
    events: list[Event] = field(default_factory=list)


@final
class Watcher(TorchDispatchMode):  # type: ignore[misc]
    """Sees every operator under the autograd engine; tensors are followed from birth to death."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = Layers()
        self.watched: Watched | None = None
        self._phase = ""
        self._live_bytes = 0
        self._heap_bytes = 0
        self._sizes: dict[int, int] = {}

    def begin(self) -> Watched:
        """Start to write down events."""
        self.layers.forget()
        self.watched = Watched(self._live_bytes, self._heap_bytes)
        return self.watched

    def mark(self, phase: str) -> None:
        """A phase of the step begins."""
        self._phase = phase

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        given = kwargs or {}
        if func is _ITEM and _is_fake(args[0]):
            # A number that only arithmetic needs, such as the optimizer's count of steps.
            return 1.0
        before, heap = self._live_bytes, self._heap_bytes
        result = func(*args, **given)
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor):
                self.see(leaf)
        if self.watched is not None:
            operator = operator_of(func, args, given)
            new = self._live_bytes - before
            made = Event(operator, before, heap, new, self._layer(operator), self._phase)
            self.watched.events.append(made)
        return result

    def see(self, tensor: Any) -> None:
        """Follow the memory of a tensor, if it is not yet known."""
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key in self._sizes:
            return
        size = storage.nbytes()
        self._sizes[key] = size
        self._live_bytes += size
        if size <= HEAP_BLOCK_BYTES:
            self._heap_bytes += size
            if self.watched is not None:
                self.watched.largest_bytes = max(self.watched.largest_bytes, size)
        weakref.finalize(storage, self._gone, key)

    def _layer(self, operator: Operator) -> str:
        name = self.layers.backward()
        return name or ("" if self._phase != "forward" else self.layers.forward(operator.name))

    def _gone(self, key: int) -> None:
        size = self._sizes.pop(key, 0)
        self._live_bytes -= size
        if size <= HEAP_BLOCK_BYTES:
            self._heap_bytes -= size


def watched_step(subject: Subject, training: Training | None, batch: int) -> Watched:
    """What happens in one step, without computing or allocating it; a second step, as later ones.

    Raises ConvwiseError for a module that cannot run on these inputs.
    """
    watcher = Watcher()
    with FakeTensorMode(), watcher:
        module = subject.module()
        inputs = tuple([torch.empty(s.size, dtype=s.dtype) for s in subject.inputs(batch)])
        run = Run(module, inputs, training)
        run()
        watcher.layers.attach(module)
        watched = watcher.begin()
        run(watcher.mark)
        watcher.watched = None
        watcher.layers.detach()
    return watched


def _is_fake(tensor: Any) -> bool:
    return type(tensor).__name__ == "FakeTensor"
