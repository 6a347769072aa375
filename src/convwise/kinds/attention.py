"""Attention without projections: queries compared with keys, values averaged by likeness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from convwise.errors import RuleError
from convwise.graph.axes import Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.broadcasting import is_one, leading, without_doubles
from convwise.kinds.contract import CONTRACTION, STOCHASTIC, Example, Kept, Kind, Macs, Operands
from convwise.kinds.formula import Formula, number, product
from convwise.kinds.merged import placed_roles
from convwise.kinds.recurrent_cells import must_be_a_share
from convwise.kinds.windowed import counted_axes
from convwise.kinds.windows import WHOLE, Reach, Slide

_TRAITS = frozenset({CONTRACTION})
_RANDOM = frozenset({CONTRACTION, STOCHASTIC})
SCORES: Final = ("dot", "additive")
WEIGHTS: Final = (None, "scalar", "vector", "factor", "scalar and factor")

#: Elementwise operations of a softmax per score: an exponential, a sum, a division.
SOFTMAX_OPS: Final = 3


@dataclass(frozen=True, slots=True)
class Attention(Kind):
    """Scaled dot-product attention: softmax(scale * Q K^T) V. Vaswani et al., arXiv:1706.03762.

    Operands: query (..., queries, features), key (..., keys, features), value (..., keys, values)
    and, if there is one, a mask that fits (..., queries, keys); leading axes, such as the batch and
    the heads, are matched from the last and repeated where one is 1. `grouped`: the last leading
    axis, the heads, of keys and values divides that of the queries (grouped queries). Output:
    (..., queries, values); after it, if `returns_weights`, what the softmax returns,
    (..., queries, keys).

    `causal`: a query sees the keys up to its own place. `scale`: None for 1/sqrt(features); it
    changes no count. `dropout` on the softmax. `scores` "additive": the sum of tanh(q + k) over the
    features instead of their product (Bahdanau et al., arXiv:1409.0473). `learned`: weights of the
    scores: "scalar" (one factor inside), "vector" (one per feature), "factor" (one factor
    outside), or "scalar and factor".

    Multiply-adds: queries x keys x (features + values) for every leading position, masked ones
    too; additive scores take features only where a vector weighs them. The gradient of the softmax
    is inside of the node. A whole matrix of scores is kept, which fused implementations avoid.

    PyTorch: F.scaled_dot_product_attention(q, k, v, mask) is Attention() of the same operands.
    """

    name: ClassVar[str] = "attention"
    summary: ClassVar[str] = "Averages values by how much their keys are like a query."

    causal: bool = False
    scale: float | None = None
    dropout: float = 0.0
    grouped: bool = False
    scores: str = "dot"
    learned: str | None = None
    returns_weights: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _RANDOM if self.dropout else _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        self._must_exist(operands)
        query, key, value = operands[:3]
        must.equal(
            query.axes[-1].dim,
            key.axes[-1].dim,
            "queries have {0} features and keys have {1}",
            "give both the same last axis; a dense layer on one of them makes them agree",
        )
        must.equal(key.axes[-2].dim, value.axes[-2].dim, "there are {0} keys and {1} values")
        before = self._leading(operands, must)
        axes = without_doubles([*before, *query.axes[-2:]], set())
        role = axes[-1].role
        out = query.with_axes((*axes[:-1], Axis(role, value.axes[-1].dim)))
        scores = query.with_axes((*axes[:-1], Axis(None, key.axes[-2].dim)))
        if len(operands) > 3:
            _must_mask(operands[3], scores, must)
        return (out, scores) if self.returns_weights else (out,)

    def _must_exist(self, operands: Operands) -> None:
        if not 3 <= len(operands) <= 4:
            raise RuleError(
                f"attention takes 3 inputs and perhaps a mask, {len(operands)} are given",
                hint="query, key, value",
            )
        for operand, what in zip(operands, ("query", "key", "value"), strict=False):
            if operand.rank < 2:
                raise RuleError(
                    f"the {what} needs axes (..., length, features), found {describe(operand)}"
                )
        must_be_a_share(self.dropout)
        if self.scores not in SCORES:
            raise RuleError(f'there are no scores "{self.scores}"', hint=", ".join(SCORES))
        if self.learned not in (WEIGHTS if self.scores == "additive" else WEIGHTS[:2]):
            raise RuleError(f'{self.scores} scores have no weights "{self.learned}"')

    def _leading(self, operands: Operands, must: Must) -> list[Axis]:
        """Leading axes of all three; heads of keys and values are repeated for those of queries."""
        query, *others = [operand.axes[:-2] for operand in operands[:3]]
        found = list(query)
        for axes in others:
            if self.grouped and query and axes:
                heads, groups = query[-1].dim, axes[-1].dim
                if type(groups) is int:
                    message = "{0} heads of the queries are no multiple of {1} heads of the keys"
                    must.divides(heads, groups, message)
                    axes = (*axes[:-1], Axis(axes[-1].role, heads))
            found = leading(found, axes, must, "fit")
        return found

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        features = operands[0].axes[-1].dim
        match self.learned:
            case "scalar":
                return (WeightSpec("scale", ()),)
            case "vector":
                return (WeightSpec("scale", (("in", features),)),)
            case "factor":
                return (WeightSpec("factor", ()),)
            case "scalar and factor":
                return (WeightSpec("scale", ()), WeightSpec("factor", ()))
            case _:
                return ()

    def _sizes(self, operands: Operands) -> tuple[Dim, Dim, Dim]:
        """All scores, features of a query, features of a value."""
        before = self._leading(operands, Must())
        total = operands[0].axes[-2].dim * operands[1].axes[-2].dim
        for axis in before:
            total = total * axis.dim
        return total, operands[0].axes[-1].dim, operands[2].axes[-1].dim

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        """The gradient of scores is needed by queries and keys; that of a scalar sums over all."""
        scores, features, values = self._sizes(operands)
        out = scores * values
        rest: tuple[Dim, ...] = (0,) * (len(operands) - 3)
        if self.scores == "dot":
            compared = scores * features
            weight = scores if self.learned else 0
            shares = (compared, compared, out, *rest)
            return Macs(compared + out, compared * 2 + out, weight, out, shares)
        weighed = scores * features if self.learned == "vector" else 0
        inner = out + weighed
        weight = self._additive_gradient(scores, features)
        return Macs(weighed + out, out, weight, inner, (0, 0, out, *rest))

    def _additive_gradient(self, scores: Dim, features: Dim) -> Dim:
        """Products that are summed for the gradients of the learned numbers."""
        inside = scores * features
        match self.learned:
            case None:
                return 0
            case "factor":
                return scores
            case "scalar and factor":
                return inside + scores
            case _:
                return inside

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        """Per score: scale, masks, softmax and dropout; additive: a sum, a tanh and their total."""
        scores, features, _ = self._sizes(operands)
        per_score = SOFTMAX_OPS + self.causal + (len(operands) > 3) + bool(self.dropout)
        if self.scores == "dot":
            return scores * (per_score + (self.scale != 1.0) + bool(self.learned))
        inside = 2 + (self.learned != "vector") + (self.learned in ("scalar", "scalar and factor"))
        per_score += self.learned in ("factor", "scalar and factor")
        return scores * per_score + scores * features * inside

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        """Queries, keys, values and the softmax; additive: every tanh."""
        scores, features, _ = self._sizes(operands)
        dtype = operands[0].dtype
        found = [Kept("input", place) for place in range(3)]
        if self.scores == "additive":
            found = [Kept("input", 2)]
            found.append(Kept("extra", 0, "comparisons", scores * features, dtype))
        if self.returns_weights:
            found.append(Kept("output", 1))
        else:
            found.append(Kept("extra", 0, "attention weights", scores, dtype))
        if self.dropout:
            found.append(Kept("extra", 0, "mask", scores, "bool"))
        return tuple(found)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """All keys and values are seen, up to the query's place when causal."""
        if operand > 2:
            return {}
        source = operands[operand]
        found: dict[str, Reach] = {}
        if operand < 2 or source.axes[-1].role != operands[0].axes[-1].role:
            found.update(dict.fromkeys(placed_roles(source.axes[-1]), WHOLE))
        if operand:
            rule = past(operands[0].axes[-2], source.axes[-2]) if self.causal else WHOLE
            found.update(dict.fromkeys(placed_roles(source.axes[-2]), rule))
        return found

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        _, features, values = self._sizes(operands)
        leads = counted_axes(self._leading(operands, Must()))
        pairs = product(*leads, operands[0].axes[-2].dim, operands[1].axes[-2].dim)
        counted = self.scores == "dot" or self.learned == "vector"
        found = {"macs": pairs.times(number(features) + values if counted else values)}
        match self.learned:
            case None:
                return found
            case "vector":
                parameters = number(features)
            case "scalar and factor":
                parameters = number(1) + 1
            case _:
                parameters = number(1)
        return {"parameters": parameters, **found}

    def canonical(self, operands: Operands) -> Attention:
        return self

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        roles = ("batch", None, "time", "feature")
        query, keys = tensor((1, 4, 5, 8), roles), tensor((1, 4, 7, 8), roles)
        values = tensor((1, 4, 7, 6), roles)
        pairs = tensor((1, 2, 5, 8), roles)
        text, words = (tensor((1, n, 8), ("batch", "time", "feature")) for n in (5, 7))
        mask = tensor((5, 7), (None, None), "bool")
        self_attention = (query, query, query)
        additive = [
            Example(cls(scores="additive", learned=learned), (text, words, words))
            for learned in WEIGHTS
        ]
        return (
            Example(cls(), (query, keys, values)),
            Example(cls(causal=True, dropout=0.1), self_attention),
            Example(cls(grouped=True), (query, pairs, pairs)),
            Example(cls(returns_weights=True), (query, keys, values, mask)),
            Example(cls(scale=1.0, learned="scalar"), (text, words, words)),
            *additive,
            Example(cls(), (tensor((5, 8), ("time", "feature")), words, words)),
        )


def past(query: Axis, key: Axis) -> Reach:
    """What a causal query sees: its own place and all before it."""
    size = key.dim
    if type(size) is int and query.dim == size and query.role == key.role:
        return Slide(size, 1, 1, size - 1)
    return WHOLE


def _must_mask(mask: Tensor, scores: Tensor, must: Must) -> None:
    """The mask's last two axes are queries and keys, or one."""
    pairs = zip(mask.axes[::-1], scores.axes[-2:][::-1], ("keys", "queries"), strict=False)
    for given, wanted, what in pairs:
        if not is_one(given.dim):
            message = f"the mask {describe(mask)} is for {{0}} {what}, there are {{1}}"
            must.equal(given.dim, wanted.dim, message, "a mask has axes (..., queries, keys)")
