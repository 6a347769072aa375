"""What makes training fit, for the Python front door: sizes in words in, an answer that prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from convwise.answers import Answer
from convwise.errors import UsageError
from convwise.progress import Progress, quiet

if TYPE_CHECKING:
    from convwise.analyses.fit.answer import Fit
    from convwise.analyses.fit.asking import Predict
    from convwise.analyses.fit.options import Change
    from convwise.graph.nodes import Graph


_SIZE: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)(B?)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, repr=False)
class FitAnswer(Answer):
    """What fits, printing itself: in a terminal, a notebook, as Markdown or as a dictionary."""

    answer: Fit

    def text(self, width: int = 100) -> str:
        """The answer for a terminal of this width."""
        from convwise.reports.fit import fit_text

        return fit_text(self.answer, width)

    def to_markdown(self) -> str:
        """The answer as Markdown."""
        from convwise.reports.fit import fit_markdown

        return fit_markdown(self.answer)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the schema convwise.fit/1."""
        from convwise.reports.fit import fit_to_dict

        return fit_to_dict(self.answer)


def memory_bytes(memory: int | str) -> int:
    """8GiB, 500 MB, 8G (binary) or a number of bytes. Raises UsageError for anything else."""
    if isinstance(memory, int):
        return memory
    found = _SIZE.fullmatch(memory)
    if found is None:
        raise UsageError(f"{memory!r:.40} is no size of memory", hint="--memory 8GiB, or 500MB")
    number, unit, binary, byte = found.groups()
    # Without the B of bytes, 8G is what the kernel and PyTorch mean by it.
    base = 1024 if binary or not byte else 1000
    return int(float(number) * base ** " KMGT".index(unit.upper() or " "))


def fitted(
    graph: Graph,
    memory: int | str,
    *,
    batch: int = 1,
    optimizer: str = "adam",
    time: float | None = None,
    calibrated: bool = False,
    progress: Progress | None = None,
) -> FitAnswer:
    """What would make training fit into `memory`, the cheapest change first.

    memory: of the whole process, like "8GiB". time: seconds that a step may take. Predictions are
    by rules; calibrated ones measure operators on this machine, each once, and need PyTorch; a
    time needs them. Raises UsageError for sizes that are open, layers that are unknown, numbers
    that make no sense, and where nothing can be measured.
    """
    from convwise.transforms.lighter import lighter

    budget = memory_bytes(memory)
    ask = partial(
        planned,
        graph,
        budget,
        batch=batch,
        optimizer=optimizer,
        seconds=time,
        changes=lighter(graph),
    )
    if not calibrated and time is None:
        from convwise.analyses.memory.estimate import by_rules

        return FitAnswer(ask(by_rules))
    from convwise.measured import must_have_torch, usable_threads

    must_have_torch()
    from convwise.measure.asking import Asked

    with Asked(usable_threads(), progress or quiet, timed=time is not None) as predict:
        return FitAnswer(ask(predict))


def planned(
    graph: Graph,
    budget_bytes: int,
    predict: Predict,
    *,
    batch: int,
    optimizer: str,
    seconds: float | None,
    changes: Sequence[Change],
) -> Fit:
    """The answer for one way to predict."""
    from convwise.analyses.fit.fit import fit

    return fit(
        graph,
        budget_bytes,
        predict,
        batch=batch,
        optimizer=optimizer,
        seconds=seconds,
        changes=changes,
    )


def fit(
    source: Any,
    memory: int | str,
    input: Any = None,
    *,
    batch: int = 1,
    optimizer: str = "adam",
    time: float | None = None,
    calibrated: bool = False,
    name: str | None = None,
) -> FitAnswer:
    """What would make training fit into `memory`: a network, or what `read` takes.

    memory: of the whole process, like "8GiB"; the rest as for `Network.fit`.
    """
    from convwise.network import Network, read

    net = source if isinstance(source, Network) else read(source, input, name=name)
    return fitted(
        net.graph, memory, batch=batch, optimizer=optimizer, time=time, calibrated=calibrated
    )
