"""Follows every operator and every tensor of a training step; measures and predicts nothing.

The step runs on fake tensors, which have shapes and no numbers: PyTorch's own autograd decides what
is kept and when it dies, and nothing is computed or allocated. Of real tensors the same is seen.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, final

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from convwise.analyses.memory.options import Training
from convwise.measure.allocations import Counter
from convwise.measure.caches import Caches
from convwise.measure.layers import Layers
from convwise.measure.operators import Operator, Shape, looks_only, operator_of
from convwise.measure.steps import Run

#: Steps that are followed: after the first ones, memory is taken in the same way in each.
_STEPS: Final = 4
#: The row of operators between modules that only look at memory in another way.
_VIEWS: Final = "views"
_ITEM: Final = torch.ops.aten._local_scalar_dense.default


@dataclass(frozen=True, slots=True)
class Event:
    """One operator of a step: bytes alive before it, and what its results add to them.

    `layer` is the module it belongs to, `phase` "forward", "loss", "backward" or "optimizer".
    `seconds` and `peak_bytes` (the most it adds while it runs) are measured where it really runs.
    """

    operator: Operator
    live_bytes: int
    new_bytes: int
    layer: str
    phase: str
    seconds: float = 0.0
    peak_bytes: int = 0


class Block(NamedTuple):
    """A block of memory that is taken (its bytes), or given back (GONE), or a mark of the script.

    A mark has no number: START or END of the next operator, STEP of a new step.
    """

    number: int
    size_bytes: int


GONE: Final = -1
_MARK: Final = -1
START: Final = Block(_MARK, 1)
END: Final = Block(_MARK, 2)
STEP: Final = Block(_MARK, 3)


@dataclass(slots=True)
class Watched:
    """What was seen of a step, in order; `lasting_bytes` were alive when it began.

    `blocks`: all memory taken and given back, from the making of the module to the last step.
    """

    lasting_bytes: int = 0
    events: list[Event] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    @property
    def tensor_bytes(self) -> int:
        """The most bytes of tensors that are alive at once."""
        during = [event.live_bytes + event.new_bytes for event in self.events]
        return max([self.lasting_bytes, *during])


@final
class Watcher(TorchDispatchMode):  # type: ignore[misc]
    """Sees every operator under the autograd engine; tensors are followed from birth to death."""

    def __init__(self, counter: Counter | None = None) -> None:
        super().__init__()
        self._counter = counter
        self.layers = Layers()
        self.found = Watched()
        self.writes = False
        self._phase = ""
        self._live_bytes = 0
        self._sizes: dict[int, Block] = {}
        self._count = 0
        self._caches = Caches()

    def step(self, *, written: bool) -> None:
        """A step begins; its operators are written down or not."""
        self.layers.forget()
        self.writes = written
        self.found.blocks.append(STEP)
        if written:
            self.found.lasting_bytes = self._live_bytes

    def mark(self, phase: str) -> None:
        """A phase of the step begins."""
        self._phase = phase

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        given = kwargs or {}
        if func.namespace == "prim":
            # Questions, such as on which device a tensor is.
            return func(*args, **given)
        if func is _ITEM and _is_fake(args[0]):
            # A number that only arithmetic needs, such as the optimizer's count of steps.
            return 1.0
        before = self._live_bytes
        taken = _tensors((args, given))
        hot = tuple([self._caches.is_hot(_memory(tensor)) for tensor in taken])
        self.found.blocks.append(START)
        seconds, peak, result = self._call(func, args, given)
        made = _tensors(result)
        new = [tensor for tensor in made if self.see(tensor)]
        reused = tuple([self._caches.is_hot(_memory(tensor)) for tensor in new])
        self.found.blocks.append(END)
        if not looks_only(func):
            self._caches.use({_memory(t): _bytes(t) for t in (*taken, *made)})
        if self.writes:
            operator = operator_of(func, args, given, (hot, reused))
            added = self._live_bytes - before
            layer = self._layer(operator)
            event = Event(operator, before, added, layer, self._phase, seconds, peak)
            self.found.events.append(event)
        return result

    def see(self, tensor: Any) -> bool:
        """Follow the memory of a tensor, if it is not yet known; whether it is new."""
        key = _memory(tensor)
        if key in self._sizes:
            return False
        block = Block(self._count, _bytes(tensor))
        self._count += 1
        self._sizes[key] = block
        self._live_bytes += block.size_bytes
        self.found.blocks.append(block)
        self._caches.take(key, block.size_bytes)
        weakref.finalize(tensor.untyped_storage(), self._gone, key)
        return True

    def _call(self, func: Any, args: Any, kwargs: Any) -> tuple[float, int, Any]:
        """Seconds, the most bytes it adds, and the result; the first two where they are real."""
        if self._counter is None:
            return 0.0, 0, func(*args, **kwargs)
        self._counter.reset()
        before = self._counter.live_bytes
        started = time.perf_counter()
        result = func(*args, **kwargs)
        seconds = time.perf_counter() - started
        return seconds, self._counter.peak_bytes - before, result

    def _layer(self, operator: Operator) -> str:
        name = self.layers.backward()
        if name or self._phase != "forward":
            return name
        return self.layers.forward(_VIEWS if operator.moves_nothing else operator.short_name)

    def _gone(self, key: int) -> None:
        block = self._sizes.pop(key, None)
        if block is not None:
            self._caches.give_back(key, block.size_bytes)
            self._live_bytes -= block.size_bytes
            self.found.blocks.append(Block(block.number, GONE))


def watched(
    make: Callable[[], Any],
    inputs: tuple[Shape, ...],
    training: Training | None,
    steps: int = _STEPS,
) -> Watched:
    """What happens in one step, without computing or allocating it; a second step, as later ones.

    make: makes the module. steps: how many are followed, at least two; only `blocks` has more than
    the second. Raises whatever the module raises on these inputs.
    """
    watcher = Watcher()
    with FakeTensorMode(), watcher:
        module = make()
        given = tuple([torch.empty(s.size, dtype=s.dtype) for s in inputs])
        run = Run(module, given, training)
        for number in range(steps):
            written = number == 1
            if written:
                watcher.layers.attach(module)
            watcher.step(written=written)
            run(watcher.mark)
            watcher.layers.detach()
        found = watcher.found
        # What dies from here on is no part of a step.
        watcher.found = Watched()
    return found


def watched_for_real(run: Run, counter: Counter) -> list[Event]:
    """The operators of one step that computes, each with its seconds and bytes."""
    watcher = Watcher(counter)
    with watcher:
        watcher.layers.attach(run.module)
        watcher.step(written=True)
        run(watcher.mark)
        watcher.layers.detach()
    return watcher.found.events


def _tensors(value: Any) -> list[Any]:
    return [leaf for leaf in tree_leaves(value) if isinstance(leaf, torch.Tensor)]


def _memory(tensor: Any) -> int:
    """The number of the memory that a tensor looks at."""
    return int(tensor.untyped_storage()._cdata)


def _bytes(tensor: Any) -> int:
    return int(tensor.untyped_storage().nbytes())


def _is_fake(tensor: Any) -> bool:
    return type(tensor).__name__ == "FakeTensor"
