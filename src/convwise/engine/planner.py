"""Chooses a plan for a convolution by measuring the candidates on this machine, once.

Native wins unless another plan is faster beyond noise, and where it is too fast to be worth it. A
plan whose numbers are not those of PyTorch up to rounding is never chosen.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, final

import torch
from torch import Tensor

from convwise.costs.key import Environment
from convwise.costs.machine import this_machine
from convwise.costs.store import Record, Store
from convwise.engine.plans.direct import Direct, kernels_version
from convwise.engine.plans.native import ChannelsLast, Native
from convwise.engine.plans.plan import Convolution, Plan
from convwise.engine.plans.slices import Banded, Unfolded

PLANS: Final[Mapping[str, Plan]] = {
    plan.name: plan for plan in (Native(), ChannelsLast(), Direct(), Banded(), Unfolded())
}
NATIVE: Final = "native"
#: Another plan must take at most so much of PyTorch's time: less is within the noise.
_WORTH: Final = 0.9
#: Where PyTorch takes less, the calls around a plan are too large a part.
_LEAST_SECONDS: Final = 2e-4
#: Who takes so many times as long as the best in a first call is not measured again.
_HOPELESS: Final = 3.0
_ROUNDS: Final = 3
#: Norm of the difference from PyTorch's result, over its norm.
_CLOSE: Final = {torch.float32: 1e-4, torch.float64: 1e-10, torch.bfloat16: 3e-2}
_NOT_EXACT: Final = "its numbers are not PyTorch's"

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """The plan of a convolution, seconds of those that were measured, why others cannot be used."""

    plan: str
    seconds: Mapping[str, float] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)


@final
class Planner:
    """Choices by the facts of a call; what was measured is kept in the cost store.

    A copy or a pickle of a planner starts with nothing but the store.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._store = Store()
        self._choices: dict[str, Choice] = {}

    def __deepcopy__(self, memo: Any) -> Planner:
        return self

    def __reduce__(self) -> tuple[type[Planner], tuple[()]]:
        return Planner, ()

    def choose(self, convolution: Convolution, x: Tensor, weight: Tensor, *, bias: bool) -> Choice:
        """The plan for tensors like these; measured when they are met for the first time."""
        key = call_key(convolution, x, weight)
        if key not in self._choices:
            self._choices[key] = self._found(key, convolution, x, weight, bias=bias)
        return self._choices[key]

    def _found(
        self, key: str, convolution: Convolution, x: Tensor, weight: Tensor, *, bias: bool
    ) -> Choice:
        refused = {name: p.refusal(convolution, x, weight) for name, p in PLANS.items()}
        able = [name for name, why in refused.items() if not why]
        environment = _environment()
        names = {name: f"convolution by {name}: {key}" for name in able}
        stored = self._store.get_many(environment, list(names.values()))
        if len(stored) < len(names) and names[NATIVE] in stored and not _is_small(stored, names):
            stored = {}
        if names[NATIVE] not in stored:
            if self._progress is not None:
                self._progress(0, 0, f"planning {key}")
            # A checkpoint around the call counts what is saved: these runs are none of its own.
            with torch.autograd.graph.saved_tensors_hooks(_as_it_is, _as_it_is):
                fresh = _measured(able, convolution, x, weight, bias=bias)
            stored = {names[name]: record for name, record in fresh.items()}
            self._store.put_many(environment, stored)
        seconds = {n: r.seconds for n, text in names.items() if (r := stored.get(text))}
        known = {name: value for name, value in seconds.items() if value is not None}
        refused.update({name: _NOT_EXACT for name, value in seconds.items() if value is None})
        return Choice(_best(known), known, {n: why for n, why in refused.items() if why})


def call_key(convolution: Convolution, x: Tensor, weight: Tensor) -> str:
    """The same for calls that cost the same: shapes, layout, type, which gradients are wanted."""
    trains = torch.is_grad_enabled()
    wanted = f"x{'g' * (trains and x.requires_grad)} w{'g' * (trains and weight.requires_grad)}"
    shapes = f"{list(x.shape)} {list(x.stride())} {list(weight.shape)} {x.dtype} {x.device.type}"
    return f"{convolution.key} {shapes} {wanted}"


def _environment() -> Environment:
    kernels = kernels_version()
    versions = [("torch", torch.__version__), *([("kernels", kernels)] if kernels else [])]
    return Environment(this_machine(), tuple(versions), torch.get_num_threads())


def _is_small(stored: Mapping[str, Record], names: Mapping[str, str]) -> bool:
    return (stored[names[NATIVE]].seconds or 0.0) < _LEAST_SECONDS


def _best(seconds: Mapping[str, float]) -> str:
    fastest = min(seconds, key=lambda name: seconds[name])
    return fastest if seconds[fastest] < _WORTH * seconds[NATIVE] else NATIVE


def _measured(
    names: list[str], convolution: Convolution, x: Tensor, weight: Tensor, *, bias: bool
) -> dict[str, Record]:
    """Seconds of each plan, in turns; None for one whose numbers are not PyTorch's.

    With a native call that is too short to be worth it, only that is measured.
    """
    call = _Call(convolution, x, weight, bias=bias)
    truth, _ = call(NATIVE)
    _, first = call(NATIVE)
    samples = {NATIVE: [first]}
    if first < _LEAST_SECONDS:
        return {NATIVE: _record(samples[NATIVE])}
    off = []
    for name in names[1:]:
        result, _ = call(name)
        if all(_is_close(a, b) for a, b in zip(result, truth, strict=True)):
            samples[name] = [call(name)[1]]
        else:
            off.append(name)
    for _ in range(_ROUNDS - 1):
        best = min(min(values) for values in samples.values())
        for name, values in samples.items():
            if name == NATIVE or min(values) < _HOPELESS * best:
                values.append(call(name)[1])
    found = {name: _record(values) for name, values in samples.items()}
    return {**found, **{name: Record(None, None, 1) for name in off}}


@final
class _Call:
    """A convolution of random numbers like those of a call, forward and backward."""

    def __init__(self, convolution: Convolution, x: Tensor, weight: Tensor, *, bias: bool) -> None:
        self._convolution = convolution
        generator = torch.Generator(x.device).manual_seed(0)
        self._x = _like(x, generator)
        self._weight = _like(weight, generator)
        self._bias = _like(weight[:, 0].reshape(len(weight), -1)[:, 0], generator) if bias else None

    def __call__(self, name: str) -> tuple[list[Tensor], float]:
        """The result with its gradients, and the seconds."""
        wanted = [t for t in (self._x, self._weight) if t.requires_grad]
        started = time.perf_counter()
        y = PLANS[name](self._convolution, self._x, self._weight, self._bias)
        gradients = torch.autograd.grad(y, wanted, torch.ones_like(y)) if wanted else ()
        seconds = time.perf_counter() - started
        return [y.detach(), *gradients], seconds


def _like(tensor: Tensor, generator: torch.Generator) -> Tensor:
    """Random numbers in the same order, with a gradient where one is wanted."""
    made = torch.empty_like(tensor, requires_grad=False).detach()
    made.uniform_(-1.0, 1.0, generator=generator)
    return made.requires_grad_(torch.is_grad_enabled() and tensor.requires_grad)


def _as_it_is(tensor: Tensor) -> Tensor:
    return tensor


def _is_close(found: Tensor, truth: Tensor) -> bool:
    limit = _CLOSE.get(truth.dtype, 1e-4)
    apart = torch.linalg.vector_norm((found - truth).float())
    return bool(apart <= limit * torch.linalg.vector_norm(truth.float()) + 1e-30)


def _record(values: list[float]) -> Record:
    return Record(statistics.median(values), max(values) - min(values), len(values))
