"""The verb `measure`: predicted against measured, as an answer that prints itself."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from convwise.analyses.measurement import Measurement
from convwise.analyses.memory.options import Training
from convwise.answers import Answer
from convwise.errors import UsageError
from convwise.graph.nodes import Graph
from convwise.progress import Progress, quiet


@dataclass(frozen=True, slots=True, repr=False)
class MeasureAnswer(Answer):
    """A measurement that prints itself: in a terminal, a notebook, as Markdown, a dictionary."""

    answer: Measurement

    def text(self, width: int = 100) -> str:
        """The measurement for a terminal of this width."""
        from convwise.reports.measure import measure_text

        return measure_text(self.answer, width)

    def to_markdown(self) -> str:
        """The measurement as Markdown."""
        from convwise.reports.measure import measure_markdown

        return measure_markdown(self.answer)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the schema convwise.measure/1."""
        from convwise.reports.measure import measure_to_dict

        return measure_to_dict(self.answer)


def measured(
    graph: Graph,
    training: Training | None,
    batch: int,
    *,
    threads: int | None = None,
    heap: str = "usual",
    force: bool = False,
    progress: Progress | None = None,
) -> MeasureAnswer:
    """Predict and run a step; see `Network.measure`."""
    must_have_torch()
    from convwise.measure.launch import measure_step

    found = measure_step(
        graph,
        training,
        batch,
        threads=threads or usable_threads(),
        heap=heap,
        force=force,
        progress=progress or quiet,
    )
    return MeasureAnswer(found)


def training_steps(
    graphs: Sequence[Graph], batch: int, progress: Progress | None = None
) -> list[Measurement]:
    """One training step of each network, with SGD."""
    training = Training(batch, "sgd")
    return [measured(graph, training, batch, progress=progress).answer for graph in graphs]


def must_have_torch() -> None:
    """UsageError where PyTorch is not installed."""
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise UsageError("PyTorch is not installed", hint="pip install 'convwise[torch]'")


def usable_threads() -> int:
    """As many as OMP_NUM_THREADS says, else as there are cores for this process."""
    from convwise.costs.machine import this_machine

    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdigit() and int(given) > 0 else this_machine().cores
