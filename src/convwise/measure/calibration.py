"""Measures single operators on this machine: bytes and seconds of each; predicts nothing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

import torch
from torch.utils._pytree import tree_leaves, tree_map

from convwise.costs.store import Record
from convwise.errors import UsageError
from convwise.measure.allocations import Counter
from convwise.measure.operators import Operator, Shape

#: All operators are measured in turn, this often, so that a disturbance meets them alike.
ROUNDS: Final = 9
#: Operators whose arguments cannot be made up.
_OPAQUE: Final = ("mkldnn_rnn_layer_backward",)
#: Where backward passes of normalisations take the weight, and their statistics.
_STATISTICS: Final = {
    "native_batch_norm_backward": (2, (5, 6)),
    "native_group_norm_backward": (4, (2, 3)),
    "native_layer_norm_backward": (5, (3, 4)),
}
#: What took so long in all calls together is not called again.
_ENOUGH_SECONDS: Final = 1.5
#: So many that no branch predictor learns them (a maximum takes twice as long on these).
_NUMBERS: Final = 4 * 2**20

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class _Sample:
    """What was measured of one operator so far; `sizes`: bytes of its results, and of scratch."""

    sizes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    peak_bytes: int = 0
    kept_bytes: int = 0


def measure(
    operators: Iterable[Operator], counter: Counter, progress: Progress
) -> dict[str, Record]:
    """A record per key of operators that are not alike.

    peak_bytes: the most that one call adds to what was alive, its results included. kept_bytes:
    what its results take. seconds: the median call; its arguments are there,
    in a cache only where a step would find them there.
    """
    distinct = list({operator.key: operator for operator in operators}.values())
    samples = {operator.key: _Sample() for operator in distinct}
    total = ROUNDS * len(distinct)
    for turn in range(ROUNDS):
        for number, operator in enumerate(distinct):
            progress(turn * len(distinct) + number, total, operator.name)
            _measure(operator, samples[operator.key], counter)
    progress(total, total, "")
    return {key: _record(sample) for key, sample in samples.items()}


def _measure(operator: Operator, sample: _Sample, counter: Counter) -> None:
    """One call: at first its memory is watched, later it is timed.

    Other operators ran since its last call, as in a step: its code is no more in the caches than
    there.
    """
    if sum(sample.seconds) > _ENOUGH_SECONDS:
        return
    args, kwargs = arguments(operator)
    function = operator.function
    with torch.no_grad():
        if not sample.sizes:
            sample.sizes = [*_sizes(function(*args, **kwargs)), 0]
            added, sample.kept_bytes = _bytes(lambda: function(*args, **kwargs), counter)
            sample.peak_bytes, sample.sizes[-1] = added, max(added - sum(sample.sizes), 0)
            return
        _use(sample.sizes, counter, hot=all(operator.hot[1]))
        given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        for tensor, hot in zip(given, operator.hot[0], strict=True):
            _touch(tensor) if hot else counter.flush(tensor)
        started = time.perf_counter()
        result = function(*args, **kwargs)
        sample.seconds.append(time.perf_counter() - started)
        del result


def added_bytes(operator: Operator, counter: Counter) -> int:
    """Bytes that one call adds at most, after one that warms. Raises as `arguments`."""
    args, kwargs = arguments(operator)
    with torch.no_grad():
        operator.function(*args, **kwargs)
        return _bytes(lambda: operator.function(*args, **kwargs), counter)[0]


def _bytes(call: Callable[[], object], counter: Counter) -> tuple[int, int]:
    """The most bytes that a call adds, and those that its results keep."""
    counter.reset()
    before = counter.live_bytes
    result = call()
    found = counter.peak_bytes - before, counter.live_bytes - before
    del result
    return found


def _sizes(result: Any) -> list[int]:
    """Bytes of the memory of each result."""
    tensors = [leaf for leaf in tree_leaves(result) if isinstance(leaf, torch.Tensor)]
    return [tensor.untyped_storage().nbytes() for tensor in tensors]


def _use(sizes: list[int], counter: Counter, *, hot: bool) -> None:
    """Use the memory that results and scratch will get; leave it in the caches or not."""
    blocks = [torch.empty(size, dtype=torch.uint8) for size in sizes]
    for block in blocks:
        block.zero_() if hot else counter.flush(block)


def _touch(tensor: Any) -> None:
    if tensor.numel():
        tensor.view(torch.uint8).sum() if tensor.dtype == torch.bool else tensor.sum()


def _record(sample: _Sample) -> Record:
    ordered = sorted(sample.seconds)
    quarter = len(ordered) // 4
    return Record(
        seconds=statistics.median(ordered),
        seconds_spread=ordered[-1 - quarter] - ordered[quarter],
        runs=len(ordered),
        peak_bytes=sample.peak_bytes,
        kept_bytes=sample.kept_bytes,
    )


def arguments(operator: Operator) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Tensors of the operator's shapes in the place of these shapes.

    Raises UsageError for an operator whose arguments cannot be made up.
    """
    if operator.short_name in _OPAQUE:
        raise UsageError(
            f"the operator {operator.short_name} cannot be measured by itself: it reads a "
            "workspace that only its own forward pass can fill",
            hint="summary, and fit without --calibrated, predict by rules; inference of recurrent "
            "layers can be measured",
        )
    limit = _index_limit(operator)
    if operator.short_name in _STATISTICS:
        operator = _with_wide_statistics(operator)

    def make(leaf: Any) -> Any:
        return _tensor(leaf, limit) if isinstance(leaf, Shape) else leaf

    found: tuple[tuple[Any, ...], dict[str, Any]] = tree_map(
        make, (operator.args, operator.kwargs), is_leaf=lambda leaf: isinstance(leaf, Shape)
    )
    if operator.short_name.startswith("max_pool") and not operator.short_name.endswith("backward"):
        # Mostly a ReLU is before it; a maximum takes the longer the more often it changes.
        found[0][0].sub_(0.5).clamp_min_(0.0)
    return found


def _with_wide_statistics(operator: Operator) -> Operator:
    """Statistics in the type of the weights: fake tensors give them that of the field."""
    args = list(operator.args)
    given, places = _STATISTICS[operator.short_name]
    weight = args[given]
    if isinstance(weight, Shape):
        for place in places:
            args[place] = args[place]._replace(dtype=weight.dtype)
    return replace(operator, args=tuple(args))


def _index_limit(operator: Operator) -> int:
    """Below which number whole numbers are legal; pooling scatters to places of its input."""
    if "max_pool" in operator.name and "backward" in operator.name:
        places = 1
        for size in operator.args[1].size[-operator.name.count("3d") - 2 :]:
            places *= size
        return int(places)
    return 1


def _tensor(shape: Shape, limit: int) -> Any:
    """Numbers that are no special case for any kernel: neither all alike nor denormal."""
    made = torch.empty_strided(shape.size, shape.stride, dtype=shape.dtype)
    if not shape.dtype.is_floating_point or shape.bytes == 0:
        if limit > 1 and shape.dtype == torch.int64:
            return made.random_(0, limit)
        return made.zero_()
    memory = torch.as_strided(made, (shape.bytes // shape.dtype.itemsize,), (1,))
    for start in range(0, memory.numel(), _NUMBERS):
        part = memory[start : start + _NUMBERS]
        part.copy_(_noise()[: part.numel()])
    return made


@cache
def _noise() -> Any:
    return torch.rand(_NUMBERS, generator=torch.Generator().manual_seed(0))
