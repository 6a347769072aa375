"""What is known of operators: from the cost store, else measured now; predicts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import final

import torch

from convwise.costs.key import Environment
from convwise.costs.machine import this_machine
from convwise.costs.store import Record, Store
from convwise.measure.allocations import Counter
from convwise.measure.around import OPERATIONS, measure_around
from convwise.measure.calibration import measure
from convwise.measure.operators import Operator

Progress = Callable[[int, int, str], None]


def environment_of(threads: int) -> Environment:
    """Where measurements of this process belong."""
    return Environment(this_machine(), (("torch", torch.__version__),), threads)


@final
class Known:
    """Records by key. What is measured is kept in the store of `folder`."""

    __slots__ = ("_progress", "_store", "counter", "environment", "records")

    def __init__(self, threads: int, folder: Path, progress: Progress) -> None:
        self._progress = progress
        self._store = Store(folder)
        self.counter = Counter()
        self.environment = environment_of(threads)
        self.records: dict[str, Record] = {}

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong with the store, in words."""
        return tuple(self._store.troubles)

    def get(self, name: str) -> Record | None:
        """A record that was measured before."""
        self._recall([name])
        return self.records.get(name)

    def keep(self, fresh: dict[str, Record]) -> None:
        """Records that were measured now."""
        if fresh:
            self.records.update(fresh)
            self._store.put_many(self.environment, fresh)

    def measured(self, operators: Iterable[Operator]) -> int:
        """Know all of these and what is around them; how many had to be measured."""
        wanted = {operator.key: operator for operator in operators if not operator.moves_nothing}
        self._recall([*wanted, *OPERATIONS.values()])
        if any(name not in self.records for name in OPERATIONS.values()):
            self._progress(0, 0, "measuring this machine")
            self.keep(measure_around(self.counter, self._progress))
        missing = [operator for key, operator in wanted.items() if key not in self.records]
        if missing:
            self.keep(measure(missing, self.counter, self._progress))
        return len(missing)

    def _recall(self, names: Iterable[str]) -> None:
        unknown = [name for name in names if name not in self.records]
        self.records.update(self._store.get_many(self.environment, unknown))
