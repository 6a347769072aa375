"""How a network is to be trained, as data that the engine carries out; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from convwise.analyses.memory.options import Training


@dataclass(frozen=True, slots=True)
class Plan:
    """A training step: `accumulation` parts of `batch` examples, then one optimizer step.

    recompute: runs of layers by name whose activations are computed again in the backward pass.
    transform: the name of a change of the network, "" for the network as it is.
    """

    batch: int = 1
    accumulation: int = 1
    recompute: tuple[tuple[str, ...], ...] = ()
    precision: str = "float32"
    optimizer: str = "adam"
    transform: str = ""

    @property
    def examples(self) -> int:
        """Examples that one optimizer step learns from."""
        return self.batch * self.accumulation

    def training(self) -> Training:
        """The same in the words of memory and time. Raises UsageError for what is not known."""
        return Training(
            self.batch, self.optimizer, self.precision, self.accumulation, self.recompute
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data, from which `plan_of` makes the plan again."""
        return {
            "batch": self.batch,
            "accumulation": self.accumulation,
            "recompute": [list(run) for run in self.recompute],
            "precision": self.precision,
            "optimizer": self.optimizer,
            "transform": self.transform or None,
        }


def plan_of(data: dict[str, Any]) -> Plan:
    """The plan that `Plan.to_dict` made this data of."""
    return Plan(
        batch=int(data["batch"]),
        accumulation=int(data["accumulation"]),
        recompute=tuple([tuple(run) for run in data["recompute"]]),
        precision=str(data["precision"]),
        optimizer=str(data["optimizer"]),
        transform=str(data["transform"] or ""),
    )
