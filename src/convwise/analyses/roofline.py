"""A network on a device: bytes against arithmetic, and a lower bound on seconds.

A bound says that no run can be faster; it is never a prediction. Source: Williams, Waterman and
Patterson, Roofline: an insightful visual performance model (Communications of the ACM 52, 2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from convwise.analyses.devices.contract import Device
from convwise.analyses.traffic import READ_WRITTEN, Moved, Needs, facts_of, needs, totals, whole
from convwise.errors import UsageError
from convwise.graph.nodes import Graph

#: What decides a bound.
ARITHMETIC, MEMORY = "arithmetic", "memory"

#: Rates that a run in a type of numbers may reach. Libraries may use TF32 for float32.
_RATES: Final = {
    "float32": ("float32", "tf32"),
    "float64": ("float64",),
    "float16": ("float16", "bfloat16", "tf32", "float32"),
    "bfloat16": ("float16", "bfloat16", "tf32", "float32"),
    "bf16-mixed": ("float16", "bfloat16", "tf32", "float32"),
}


class Bound(NamedTuple):
    """At least so many seconds, as arithmetic (None where no rate is stated) and memory need.

    `macs` are those that no library can leave out, `bytes` those that no cache can hold.
    """

    macs: int
    bytes: int
    arithmetic_seconds: float | None
    memory_seconds: float

    @property
    def seconds(self) -> float:
        """The larger of both: they may overlap."""
        return max(self.arithmetic_seconds or 0.0, self.memory_seconds)

    @property
    def side(self) -> str:
        """What decides: "arithmetic", "memory", or "" for neither."""
        if self.seconds == 0:
            return ""
        return ARITHMETIC if self.arithmetic_seconds == self.seconds else MEMORY


class LayerBound(NamedTuple):
    """One layer, run as an operation of its own.

    macs, bytes: all that are counted and that it reads and writes, forward and backward, whatever
    caches do. macs_per_byte: their ratio, the arithmetic intensity; None where nothing moves.
    """

    name: str
    macs: int
    elementwise_ops: int
    bytes: int
    macs_per_byte: float | None
    forward: Bound
    backward: Bound


@dataclass(frozen=True, slots=True)
class Roofline:
    """The answer. inference: a forward pass that keeps nothing. unknown: layers not counted.

    A layer's bound is for an operation of its own; those of the phases hold even when operations
    are joined, so the sum over layers may be more than the phase.
    """

    device: Device
    batch: int
    precision: str
    optimizer_name: str
    layers: tuple[LayerBound, ...]
    inference: Bound
    forward: Bound
    backward: Bound
    optimizer: Bound
    unknown: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """At least so many for a training step: forward, backward, optimizer."""
        return self.forward.seconds + self.backward.seconds + self.optimizer.seconds

    @property
    def balance(self) -> float | None:
        """Multiply-adds per byte above which this device is held up by its arithmetic."""
        rate = _rate(self.device, self.precision)
        return None if rate is None else rate / self.device.bytes_per_second


def roofline(
    graph: Graph,
    device: Device,
    *,
    batch: int = 1,
    precision: str = "float32",
    optimizer: str = "adam",
) -> Roofline:
    """Lower bounds of a training step and of inference on a device, at a batch size.

    precision: float32, float64, float16, bfloat16 or bf16-mixed. Raises UsageError for a precision
    or an optimizer that is not known, and where sizes are left open.
    """
    if precision not in _RATES or optimizer not in READ_WRITTEN:
        raise UsageError(
            f"precision {precision!r:.40}, optimizer {optimizer!r:.40}: one of them is not known",
            hint=f"precision: {', '.join(_RATES)}; optimizer: {', '.join(READ_WRITTEN)}",
        )
    mixed = precision == "bf16-mixed"
    facts = facts_of(graph, batch, "bfloat16" if mixed else precision, mixed)
    found = needs(facts, fast=device.fast_convolutions)
    moved = totals(facts, optimizer)
    forward = sum([one.forward_macs for one in found])
    backward = sum([one.backward_macs for one in found])

    def bound(macs: int, moves: Moved) -> Bound:
        return _bound(device, precision, macs, moves.beyond(device.cache_bytes))

    groups: list[list[Needs]] = [[] for _ in graph.layers]
    for node, one in zip(graph.nodes, found, strict=True):
        groups[node.layer].append(one)
    return Roofline(
        device=device,
        batch=batch,
        precision=precision,
        optimizer_name=optimizer,
        layers=tuple(
            [
                _layer(device, precision, layer.name, group)
                for layer, group in zip(graph.layers, groups, strict=True)
            ]
        ),
        inference=bound(forward, moved.inference),
        forward=bound(forward, moved.forward),
        backward=bound(backward, moved.backward),
        optimizer=bound(0, moved.optimizer),
        unknown=tuple(dict.fromkeys([fact.layer for fact in graph.unknown])),
    )


def _rate(device: Device, precision: str) -> float | None:
    return device.fastest(*_RATES[precision])


def _bound(device: Device, precision: str, macs: int, moved: int) -> Bound:
    rate = _rate(device, precision)
    return Bound(
        macs, moved, None if rate is None else macs / rate, moved / device.bytes_per_second
    )


def _layer(device: Device, precision: str, name: str, found: list[Needs]) -> LayerBound:
    macs = sum([whole(dim) for one in found for dim in one.counted[:3]])
    moved = sum([sum(one.forward) + sum(one.backward) for one in found])
    cache = device.cache_bytes
    return LayerBound(
        name=name,
        macs=macs,
        elementwise_ops=sum([whole(one.counted.elementwise_ops) for one in found]),
        bytes=moved,
        macs_per_byte=macs / moved if moved else None,
        forward=_bound(
            device,
            precision,
            sum([one.forward_macs for one in found]),
            sum([one.forward.beyond(cache) for one in found]),
        ),
        backward=_bound(
            device,
            precision,
            sum([one.backward_macs for one in found]),
            sum([one.backward.beyond(cache) for one in found]),
        ),
    )
