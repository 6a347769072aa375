"""Puts a step together from measured operators: bytes and seconds; runs nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from convwise.costs.store import Record
from convwise.measure.tracing import HEAP_BLOCK_BYTES, Event, Watched


class Overheads(NamedTuple):
    """Seconds that this machine adds around operators: per operator of a phase, per fresh byte."""

    forward: float
    backward: float
    optimizer: float
    per_fresh_byte: float

    def of(self, phase: str) -> float:
        """Per operator of a phase."""
        return {"backward": self.backward, "optimizer": self.optimizer}.get(phase, self.forward)


@dataclass(slots=True)
class Share:
    """What one layer takes: seconds by phase, its largest transient bytes, calls of operators."""

    seconds: dict[str, float] = field(default_factory=dict)
    peak_bytes: int = 0
    calls: int = 0


@dataclass(slots=True)
class Prediction:
    """A step: the most bytes alive at once, where that is, and its seconds."""

    peak_bytes: int
    peak_layer: str
    peak_phase: str
    lasting_bytes: int
    fresh_bytes: int
    seconds: float
    by_phase: dict[str, float]
    by_layer: dict[str, Share]


def predict(watched: Watched, records: Mapping[str, Record], around: Overheads) -> Prediction:
    """The step that was watched, each operator at its measured cost."""
    peak, where = watched.lasting_bytes, ("", "")
    heap_peak = watched.heap_bytes
    phases: dict[str, float] = {}
    layers: dict[str, Share] = {}
    for event in watched.events:
        extra, seconds = _cost(event, records)
        if event.live_bytes + extra > peak:
            peak, where = event.live_bytes + extra, (event.layer, event.phase)
        if extra <= HEAP_BLOCK_BYTES:
            heap_peak = max(heap_peak, event.heap_bytes + extra)
        seconds += around.of(event.phase)
        phases[event.phase] = phases.get(event.phase, 0.0) + seconds
        share = layers.setdefault(event.layer or event.phase, Share())
        share.seconds[event.phase] = share.seconds.get(event.phase, 0.0) + seconds
        share.peak_bytes = max(share.peak_bytes, extra)
        share.calls += 1
    fresh = _fresh_bytes(watched, heap_peak)
    total = sum(phases.values()) + fresh * around.per_fresh_byte
    return Prediction(peak, *where, watched.lasting_bytes, fresh, total, phases, layers)


def _cost(event: Event, records: Mapping[str, Record]) -> tuple[int, float]:
    """Bytes that an operator adds at most, and its seconds."""
    if event.operator.moves_nothing:
        return 0, 0.0
    record = records[event.operator.key]
    return max(record.peak_bytes or 0, event.new_bytes), record.seconds or 0.0


def _fresh_bytes(watched: Watched, heap_peak: int) -> int:
    """Memory that the system hands out anew in every step.

    The C library gives the end of its heap back when more than twice its largest freed block is
    free there (M_TRIM_THRESHOLD, which follows M_MMAP_THRESHOLD).
    """
    grown = heap_peak - watched.heap_bytes
    return grown if grown > 2 * watched.largest_bytes else 0
