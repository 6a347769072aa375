"""Puts a step together from measured operators: bytes and seconds; runs nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from convwise.costs.store import Record
from convwise.measure.tracing import Event, Watched


class Overheads(NamedTuple):
    """Seconds that this machine adds around an operator, by phase."""

    forward: float
    backward: float
    optimizer: float

    def of(self, phase: str) -> float:
        """Per operator of a phase."""
        return {"backward": self.backward, "optimizer": self.optimizer}.get(phase, self.forward)


@dataclass(slots=True)
class Share:
    """What one layer takes: seconds by phase, its largest transient bytes, calls of operators."""

    seconds: dict[str, float] = field(default_factory=dict)
    peak_bytes: int = 0
    calls: int = 0

    def add(self, phase: str, seconds: float, peak_bytes: int) -> None:
        """Count one more operator."""
        self.seconds[phase] = self.seconds.get(phase, 0.0) + seconds
        self.peak_bytes = max(self.peak_bytes, peak_bytes)
        self.calls += 1


@dataclass(slots=True)
class Prediction:
    """A step: the most bytes alive at once, where that is, and its seconds."""

    peak_bytes: int
    peak_layer: str
    peak_phase: str
    lasting_bytes: int
    seconds: float
    by_phase: dict[str, float]
    by_layer: dict[str, Share]


def predict(watched: Watched, records: Mapping[str, Record], around: Overheads) -> Prediction:
    """The step that was watched, each operator at its measured cost, no memory fresh."""
    peak, where = watched.lasting_bytes, ("", "")
    phases: dict[str, float] = {}
    layers: dict[str, Share] = {}
    for event in watched.events:
        extra, seconds = _cost(event, records)
        if event.live_bytes + extra > peak:
            peak, where = event.live_bytes + extra, (event.layer, event.phase)
        seconds += around.of(event.phase)
        phases[event.phase] = phases.get(event.phase, 0.0) + seconds
        layers.setdefault(event.layer or event.phase, Share()).add(event.phase, seconds, extra)
    total = sum(phases.values())
    return Prediction(peak, *where, watched.lasting_bytes, total, phases, layers)


def shares(events: list[Event]) -> dict[str, Share]:
    """What each layer took in a step that really ran."""
    layers: dict[str, Share] = {}
    for event in events:
        share = layers.setdefault(event.layer or event.phase, Share())
        share.add(event.phase, event.seconds, max(event.peak_bytes, event.new_bytes))
    return layers


def _cost(event: Event, records: Mapping[str, Record]) -> tuple[int, float]:
    """Bytes that an operator adds at most, and its seconds."""
    if event.operator.moves_nothing:
        return 0, 0.0
    record = records[event.operator.key]
    return max(record.peak_bytes or 0, event.new_bytes), record.seconds or 0.0
