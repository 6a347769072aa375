"""Runs many cases through NumPy and a framework and counts what was held; draws nothing itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from convwise.dialects.torch.write.code import written
from convwise.errors import RuleError
from convwise.graph.nodes import Graph
from tests.dialects.torch.write.generated import network
from tests.dialects.torch.write.test_random import ONE_PIXEL, REFUSED
from tests.reference import torch_agreement
from tests.reference.live import Live, RefusedError, differences

#: How many differences a message shows.
SHOWN = 10
#: PyTorch has no gradient of pools of some views in the order of images.
LAYOUT = "Unsupported memory format"
#: A case by its name, and what runs it.
Named = tuple[str, Callable[[], Live]]


@dataclass(slots=True)
class Held:
    """How many cases were compared or left out, the kinds in their graphs, and what differed."""

    done: int = 0
    left_out: int = 0
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
            found.add(name, live.graph, differences(live))
        except RefusedError:
            found.left_out += 1
    return found


def networks(seeds: Iterable[int]) -> Held:
    """Chains of many kinds against PyTorch; those that PyTorch cannot do are drawn past."""
    found = Held()
    for seed in seeds:
        graph = network(seed)
        try:
            written(graph)
        except RuleError as error:
            assert any(word in str(error) for word in REFUSED), error
            continue
        try:
            wrong = torch_agreement.differences(graph, seed)
        except (ValueError, RuntimeError) as error:
            assert any(word in str(error) for word in (ONE_PIXEL, LAYOUT)), error
            continue
        found.add(f"network {seed}: {[str(node.kind) for node in graph.nodes]}", graph, wrong)
    return found


def table(counts: Mapping[str, Mapping[str, int]], names: Iterable[str]) -> str:
    """One line per kind: in how many cases of each source it was held."""
    lines = [f"{'':<32}" + "".join([f"{source:>11}" for source in counts])]
    for name in names:
        numbers = [f"{one.get(name, 0):>11}" for one in counts.values()]
        lines.append(f"{name:<32}{''.join(numbers)}")
    return "\n".join(lines)
