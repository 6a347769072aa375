"""Runs many cases through NumPy and a framework and counts what was held; draws nothing itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from convwise.graph.nodes import Graph
from convwise.reference.rules.table import COMPUTED
from tests.reference.live import Live, RefusedError, differences

#: How many differences a message shows.
SHOWN = 10
#: A case by its name, and what runs it.
Named = tuple[str, Callable[[], Live]]


@dataclass(slots=True)
class Held:
    """How many cases were compared, the kinds in their graphs, and what differed."""

    done: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, name: str, graph: Graph, found: list[str]) -> None:
        """One case that was compared."""
        self.done += 1
        self.kinds.update({node.kind.name for node in graph.nodes})
        if found:
            self.wrong.append("\n  ".join([name, *found]))

    @property
    def told(self) -> str:
        """The first differences, for a message."""
        return "\n".join([f"{len(self.wrong)} of {self.done} differ", *self.wrong[:SHOWN]])


def held(cases: Iterable[Named]) -> Held:
    """Compare every case that both sides accept."""
    found = Held()
    for name, run in cases:
        try:
            live = run()
        except RefusedError:
            continue
        if not {node.kind.name for node in live.graph.nodes} <= {"input", *COMPUTED}:
            continue
        found.add(name, live.graph, differences(live))
    return found


def table(counts: Mapping[str, Mapping[str, int]], names: Iterable[str]) -> str:
    """One line per kind: in how many cases of each source it was held."""
    head = f"{'kind':<32}" + "".join([f"{source:>12}" for source in counts])
    lines = [head]
    for name in names:
        numbers = [f"{one.get(name, 0):>12}" for one in counts.values()]
        lines.append(f"{name:<32}{''.join(numbers)}")
    return "\n".join(lines)
