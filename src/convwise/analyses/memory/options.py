"""How a network is trained, as far as memory and time depend on it: plain facts, no rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convwise.errors import UsageError

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw", "rmsprop")
#: Type of the numbers; with "bf16-mixed" weights stay float32 and contractions run in bfloat16.
PRECISIONS = ("float32", "bf16-mixed", "float64")


@dataclass(frozen=True, slots=True)
class Training:
    """A training step: `batch` examples at once, `accumulation` times, then one optimizer step.

    `recompute`: runs of layers by name, in the order of the network; of each run only what goes in
    is kept, and its forward pass is done again during the backward pass.

    Raises UsageError for an optimizer or precision that is not known, or counts below 1.
    """

    batch: int = 1
    optimizer: str = "adam"
    precision: str = "float32"
    accumulation: int = 1
    recompute: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise UsageError(
                f"optimizer {self.optimizer!r} is not known", hint=f"one of {', '.join(OPTIMIZERS)}"
            )
        if self.precision not in PRECISIONS:
            raise UsageError(
                f"precision {self.precision!r} is not known",
                hint=f"one of {', '.join(PRECISIONS)}",
            )
        if self.batch < 1 or self.accumulation < 1:
            raise UsageError(
                f"batch {self.batch}, accumulation {self.accumulation}: at least 1 is needed",
                hint="--batch 8",
            )


def training_from(found: dict[str, Any]) -> Training:
    """A training step that travelled as JSON."""
    runs = tuple([tuple(run) for run in found["recompute"]])
    return Training(**{**found, "recompute": runs})


@dataclass(frozen=True, slots=True)
class Estimate:
    """Bytes between `low` and `high`, predicted at a `level`: "rules" or "calibrated".

    `process`: the same for the resident memory of the whole process, imports included.
    `seconds`: of one step, where it is known.
    """

    low: int
    high: int
    level: str
    process: tuple[int, int] | None = None
    seconds: float | None = None
