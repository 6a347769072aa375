"""The projections of multi-head attention: weights and arithmetic; knows no scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from convwise.graph.dims import Dim
from convwise.graph.dims import product as product_of
from convwise.graph.nodes import WeightSpec
from convwise.kinds.contract import parameter_formula
from convwise.kinds.formula import Formula, number, product

LAYOUTS: Final = ("packed", "separate", "heads")


class Sizes(NamedTuple):
    """Positions of one attention: queries and keys of an example, `more` keys of its own."""

    examples: Dim
    length: Dim
    seen: Dim
    more: int

    @property
    def queries(self) -> Dim:
        return self.examples * self.length

    @property
    def keys(self) -> Dim:
        return self.examples * self.seen

    @property
    def scores(self) -> Dim:
        """Pairs of a query and a key, of one head."""
        return self.queries * (self.seen + self.more)


class _Projection(NamedTuple):
    """One weighted sum: `heads` of `size` values each, from `features`, at queries or at keys."""

    name: str
    heads: int
    size: int
    features: Dim
    of_queries: bool

    @property
    def width(self) -> int:
        return self.heads * self.size


@dataclass(frozen=True, slots=True)
class Projections:
    """What is multiplied with weights: queries, keys, gates, values, and what heads return."""

    features: tuple[Dim, ...]
    heads: int
    groups: int
    key_size: int
    value_size: int
    out: tuple[Dim, ...]
    bias: bool
    gated: bool
    extra_key: bool

    @property
    def inputs(self) -> list[_Projection]:
        query, key, value = self.features
        found = [
            _Projection("query", self.heads, self.key_size, query, True),
            _Projection("key", self.groups, self.key_size, key, False),
            _Projection("value", self.groups, self.value_size, value, False),
        ]
        if self.gated:
            found.insert(2, _Projection("gate", self.heads, self.value_size, query, True))
        return found

    @property
    def wide(self) -> int:
        """Values that all heads return together."""
        return self.heads * self.value_size

    @property
    def output(self) -> Dim:
        return product_of(self.out)

    def weights(self, layout: str) -> tuple[WeightSpec, ...]:
        """In the framework's order, the layouts as the kind's docstring states them."""
        return self._by_heads() if layout == "heads" else self._flat(layout)

    def _by_heads(self) -> tuple[WeightSpec, ...]:
        made = []
        for one in self.inputs:
            axes: tuple[tuple[str, Dim], ...] = (("head", one.heads), ("out", one.size))
            made.append(WeightSpec(f"{one.name}_kernel", (*axes, ("in", one.features))))
            if self.bias:
                made.append(WeightSpec(f"{one.name}_bias", axes))
        names = ["out", *[f"out_{place}" for place in range(2, len(self.out) + 1)]]
        out = tuple(zip(names, self.out, strict=True))
        kernel = (*out, ("head", self.heads), ("in", self.value_size))
        made.append(WeightSpec("output_kernel", kernel))
        if self.bias:
            made.append(WeightSpec("output_bias", out))
        return tuple(made)

    def _flat(self, layout: str) -> tuple[WeightSpec, ...]:
        inputs = self.inputs
        total = sum(one.width for one in inputs)
        if layout == "packed":
            axes = (("out", total), ("in", self.features[0]))
            made = [WeightSpec("input_kernel", axes)]
        else:
            made = [
                WeightSpec(f"{one.name}_kernel", (("out", one.width), ("in", one.features)))
                for one in inputs
            ]
        if self.bias:
            made.append(WeightSpec("input_bias", (("out", total),)))
        if self.extra_key:
            for name, size in (("key", self.key_size), ("value", self.value_size)):
                extra = (("time", 1), ("batch", 1), ("out", self.heads * size))
                made.append(WeightSpec(f"extra_{name}", extra))
        made.append(WeightSpec("output_kernel", (("out", self.output), ("in", self.wide))))
        if self.bias:
            made.append(WeightSpec("output_bias", (("out", self.output),)))
        return tuple(made)

    def macs(self, queries: Dim, keys: Dim) -> tuple[Dim, Dim, Dim, Dim]:
        """Multiply-adds of queries (their gates included), keys, values, and of the output."""
        query, key, value = self.features
        wide = self.heads * self.key_size + (self.wide if self.gated else 0)
        return (
            queries * query * wide,
            keys * key * (self.groups * self.key_size),
            keys * value * (self.groups * self.value_size),
            queries * self.output * self.wide,
        )

    def biased(self, queries: Dim, keys: Dim) -> Dim:
        """Values that a bias is added to."""
        total = queries * self.output
        for one in self.inputs:
            total = total + (queries if one.of_queries else keys) * one.width
        return total

    def parameter_formula(self) -> Formula:
        total: Formula | None = None
        for one in self.inputs:
            each = parameter_formula(one.width, number(one.features), self.bias)
            total = each if total is None else total + each
        assert total is not None
        if self.extra_key:
            total = total + self.heads * self.key_size + self.wide
        return total + parameter_formula(self.output, number(self.wide), self.bias)

    def macs_formula(self, queries: Formula, keys: Formula) -> Formula:
        """Everything but the scores."""
        total: Formula | None = None
        for one in self.inputs:
            positions = queries if one.of_queries else keys
            each = positions.times(product(one.width, one.features))
            total = each if total is None else total + each
        assert total is not None
        return total + queries.times(product(self.wide, self.output))
