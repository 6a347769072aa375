"""What was predicted of a step and what was measured: answers to be shown; measures nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from convwise.analyses.memory.options import Training


class PartTime(NamedTuple):
    """One layer: seconds by phase, the most bytes one of its operators adds, its operators."""

    seconds: Mapping[str, float]
    peak_bytes: int
    calls: int

    @property
    def total(self) -> float:
        """Seconds in all phases."""
        return sum(self.seconds.values())


@dataclass(frozen=True, slots=True)
class Predicted:
    """A step put together from operators that were measured one by one on this machine.

    peak_bytes: the most bytes of tensors and scratch at once, in `peak_layer`, in `peak_phase`;
    lasting_bytes of them are there between steps. process_bytes: the most memory the process has
    resident; None where it could not be tried. seconds: of one step; kept_heap_seconds: where freed
    memory stays with the process, as in by_phase. operators: distinct ones; measured_operators of
    them just now.
    """

    peak_bytes: int
    peak_layer: str
    peak_phase: str
    lasting_bytes: int
    process_bytes: int | None
    seconds: float
    kept_heap_seconds: float
    by_phase: Mapping[str, float]
    by_layer: Mapping[str, PartTime]
    operators: int
    measured_operators: int
    measuring_seconds: float
    environment: str
    troubles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """The same step as it ran: medians over `steps` steps, seconds between the quartiles.

    process_bytes: the most memory resident at once; imported_bytes of it before the network.
    by_layer: of one more step in which every operator was timed, which takes longer.
    kept_heap_seconds: of a step where freed memory stays with the process; None if not run.
    """

    peak_bytes: int
    process_bytes: int
    imported_bytes: int
    seconds: float
    seconds_low: float
    seconds_high: float
    steps: int
    by_phase: Mapping[str, float]
    by_layer: Mapping[str, PartTime]
    kept_heap_seconds: float | None


@dataclass(frozen=True, slots=True)
class Measurement:
    """A network's step, predicted and measured. `training` is None for inference."""

    name: str
    batch: int
    training: Training | None
    threads: int
    predicted: Predicted
    measured: Measured

    @property
    def peak_error(self) -> float:
        """Of the predicted peak, as a part of the measured one."""
        return self.predicted.peak_bytes / self.measured.peak_bytes - 1

    @property
    def process_error(self) -> float | None:
        """Of the predicted resident memory, as a part of the measured one."""
        expected = self.predicted.process_bytes
        return None if expected is None else expected / self.measured.process_bytes - 1

    @property
    def seconds_error(self) -> float:
        """Of the predicted time, as a part of the measured one."""
        return self.predicted.seconds / self.measured.seconds - 1

    @property
    def kept_heap_error(self) -> float | None:
        """The same where freed memory stays with the process."""
        found = self.measured.kept_heap_seconds
        return None if found is None else self.predicted.kept_heap_seconds / found - 1
