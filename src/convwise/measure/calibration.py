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
ROUNDS: Final = 3
_CALLS: Final = 3
#: Operators whose arguments cannot be made up.
_OPAQUE: Final = ("mkldnn_rnn_layer_backward",)
#: What takes longer needs no emptied caches and fewer repetitions.
_LONG_SECONDS: Final = 0.5
#: So many that no branch predictor learns them (a maximum takes twice as long on these), and that
#: reading them puts others out of the caches.
_NUMBERS: Final = 4 * 2**20

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class _Sample:
    """What was measured of one operator so far."""

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
    """One turn: a call that warms, one whose memory is watched, and some that are timed."""
    if operator.short_name in _OPAQUE:
        raise UsageError(
            f"the operator {operator.short_name} cannot be measured by itself: it reads a "
            "workspace that only its own forward pass can fill",
            hint="inference of recurrent layers can be measured; convwise summary has rules",
        )
    args, kwargs = arguments(operator)
    function = operator.function
    given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
    hot = [tensor for tensor, lately in zip(given, operator.hot, strict=True) if lately]
    with torch.no_grad():
        started = time.perf_counter()
        result = function(*args, **kwargs)
        del result
        seconds = time.perf_counter() - started
        counter.reset()
        before = counter.live_bytes
        result = function(*args, **kwargs)
        sample.peak_bytes = max(sample.peak_bytes, counter.peak_bytes - before)
        sample.kept_bytes = counter.live_bytes - before
        del result
        for _ in range(_CALLS if seconds < _LONG_SECONDS else 1):
            _empty_caches(hot)
            started = time.perf_counter()
            result = function(*args, **kwargs)
            sample.seconds.append(time.perf_counter() - started)
            del result


def _empty_caches(hot: list[Any]) -> None:
    """Put other data into the caches, then the tensors that a step would find there."""
    _noise().sum()
    for tensor in hot:
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
    """Tensors of the operator's shapes in the place of these shapes."""
    limit = _index_limit(operator)
    if operator.short_name == "native_batch_norm_backward":
        operator = _with_wide_statistics(operator)

    def make(leaf: Any) -> Any:
        return _tensor(leaf, limit) if isinstance(leaf, Shape) else leaf

    found: tuple[tuple[Any, ...], dict[str, Any]] = tree_map(
        make, (operator.args, operator.kwargs), is_leaf=lambda leaf: isinstance(leaf, Shape)
    )
    return found


def _with_wide_statistics(operator: Operator) -> Operator:
    """Statistics in the type of the weights: fake tensors give them that of the field."""
    args = list(operator.args)
    weight = args[2]
    if isinstance(weight, Shape):
        for place in (5, 6):
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
