"""The ways to train a network within a budget, each as an option with its prediction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol, final

from convwise.analyses.fit.again import cheapest, tightest
from convwise.analyses.fit.answer import EXACT, NETWORK, NOTHING, PRECISION, Option
from convwise.analyses.fit.asking import Asking, largest, process_bytes
from convwise.analyses.fit.plan import Plan
from convwise.analyses.fit.work import step_macs
from convwise.errors import ConvwiseError
from convwise.graph.nodes import Graph
from convwise.kinds.contract import BATCH_STATISTICS


class Change(Protocol):
    """Another network for the same task, or why there is none (`transforms.variants.Variant`)."""

    @property
    def name(self) -> str: ...

    @property
    def what(self) -> str: ...

    @property
    def graph(self) -> Graph | None: ...

    @property
    def why_not(self) -> str: ...


@final
@dataclass(frozen=True, slots=True)
class Ways:
    """A network, the step that is wanted, and what is asked for predictions."""

    graph: Graph
    wanted: Plan
    asking: Asking
    seconds: float | None

    def plain(self) -> Option:
        """Nothing changed."""
        what = "the network as it is, all examples at once"
        return self._with_batches(self._option("as it is", what, NOTHING, self.wanted), ())

    def accumulated(self, plain: Option) -> Option | None:
        """The same examples in several parts; None where there is but one example."""
        name, what = "accumulation", "gradients of several parts are summed before a step"
        return self._in_parts(name, what, EXACT, self.wanted, plain.largest_batch or 0)

    def recomputed(self, cost: str, plan: Plan, name: str) -> Option:
        """Activations of some runs are computed again in the backward pass."""
        tight = tightest(self.graph, plan)
        found = cheapest(self.graph, plan, self.asking)
        chosen = replace(plan, recompute=tight if found is None else found)
        what = "activations of some layers are computed again in the backward pass"
        option = self._option(name, what, cost, chosen)
        return self._with_batches(option, tight)

    def recomputed_in_parts(self, again: Option) -> Option | None:
        """Both: parts that fit with recomputation only."""
        name, what = "recomputation and accumulation", "several parts, each computed again in part"
        made = self._in_parts(name, what, EXACT, self.wanted, again.largest_batch or 0)
        if made is None or made.plan is None:
            return made
        found = cheapest(self.graph, made.plan, self.asking)
        if found is None:
            return Option(name, what, EXACT, why_not="no part of equal size fits")
        plan = replace(made.plan, recompute=found)
        return replace(self._option(name, what, EXACT, plan), notes=made.notes, exact=made.exact)

    def mixed(self) -> Option:
        """Contractions in bfloat16."""
        plan = replace(self.wanted, precision="bf16-mixed")
        name, what = "mixed precision", "contractions in bfloat16, weights and loss in float32"
        try:
            return self._with_batches(self._option(name, what, PRECISION, plan), ())
        except ConvwiseError as error:
            return Option(name, what, PRECISION, exact=False, why_not=str(error.message))

    def changed(self, change: Change) -> Option:
        """Another network."""
        if change.graph is None:
            return Option(change.name, change.what, NETWORK, exact=False, why_not=change.why_not)
        plan = replace(self.wanted, transform=change.name)
        try:
            return self._option(change.name, change.what, NETWORK, plan, change.graph)
        except ConvwiseError as error:
            why = str(error.message)
            return Option(change.name, change.what, NETWORK, exact=False, why_not=why)

    def _option(
        self, name: str, what: str, cost: str, plan: Plan, graph: Graph | None = None
    ) -> Option:
        chosen = graph or self.graph
        estimate = self.asking.estimate(chosen, plan.training())
        macs, plain = step_macs(chosen, plan), step_macs(self.graph, self._whole())
        asked, known = self.seconds, estimate.seconds
        return Option(
            name,
            what,
            cost,
            plan,
            chosen,
            estimate,
            process_bytes(estimate),
            self.asking.fits(estimate),
            cost in (NOTHING, EXACT),
            macs,
            macs / plain if plain else None,
            None if asked is None or known is None else known <= asked,
        )

    def _whole(self) -> Plan:
        return Plan(self.wanted.examples, optimizer=self.wanted.optimizer)

    def _with_batches(self, option: Option, recompute: tuple[tuple[str, ...], ...]) -> Option:
        """With how many examples at once fit when this way is followed as far as it goes."""
        assert option.plan is not None
        plan = replace(option.plan, recompute=recompute, accumulation=1)
        certain, possible = [self._largest(plan, end) for end in (1, 0)]
        return replace(option, largest_batch=certain, possible_batch=possible)

    def _largest(self, plan: Plan, end: int) -> int:
        def need(batch: int) -> int:
            training = replace(plan, batch=batch).training()
            return process_bytes(self.asking.estimate(self.graph, training))[end]

        return largest(need, self.asking.budget_bytes, float)

    def _in_parts(self, name: str, what: str, cost: str, plan: Plan, most: int) -> Option | None:
        """The plan in the fewest parts of equal size, of at most so many examples."""
        if plan.batch == 1:
            return None
        sizes = [size for size in _divisors(plan.batch) if size <= most and size < plan.batch]
        if not sizes:
            why = "not even one example at once fits"
            return Option(name, what, cost, why_not=why)
        size = max(sizes)
        parted = replace(plan, batch=size, accumulation=plan.batch // size)
        option = self._option(name, what, cost, parted)
        layers = statistics_layers(self.graph)
        if not layers:
            return replace(option, notes=("exact for a loss that is a mean over examples",))
        seen = (
            f"not exact: the batch statistics of {layers[0]}"
            + (f" and {len(layers) - 1} other layers" if len(layers) > 1 else "")
            + f" see {size} examples instead of {plan.batch}"
        )
        return replace(option, exact=False, notes=(seen,))


def statistics_layers(graph: Graph) -> list[str]:
    """The layers that mix the examples of a batch in training."""
    found = [
        graph.layers[node.layer].name
        for node in graph.nodes
        if BATCH_STATISTICS in node.kind.traits
    ]
    return list(dict.fromkeys(found))


def _divisors(number: int) -> Iterator[int]:
    return (size for size in range(1, number + 1) if number % size == 0)
