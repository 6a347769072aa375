"""Multi-head attention with its projections as one operation; weights are in multi_head_weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE, Axis, AxisRef, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.dims import product as product_of
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.attention import SOFTMAX_OPS, past
from convwise.kinds.broadcasting import is_one
from convwise.kinds.contract import CONTRACTION, STOCHASTIC, Example, Kept, Kind, Macs, Operands
from convwise.kinds.formula import Formula, number, product
from convwise.kinds.merged import placed_roles
from convwise.kinds.multi_head_weights import LAYOUTS, Projections, Sizes
from convwise.kinds.positive import must_be_positive
from convwise.kinds.recurrent_cells import must_be_a_share
from convwise.kinds.windowed import counted_axes
from convwise.kinds.windows import WHOLE, Reach, Slide

_TRAITS = frozenset({CONTRACTION})
_RANDOM = frozenset({CONTRACTION, STOCHASTIC})
RETURNS: Final = (None, "heads", "average")


@dataclass(frozen=True, slots=True)
class MultiHeadAttention(Kind):
    """`heads` attentions side by side, with their projections. Vaswani et al., arXiv:1706.03762.

    Operands: query, key, value, always three (the same tensor may be given more than once), then
    masks, if any. Axes: (batch, lengths..., features), the batch anywhere before the features and
    found by its role, or missing. `axes` names the axes of the query that are attended over, by
    role or position; () for all but batch and features. Keys and values have as many axes as the
    query, and are attended over along those at the same positions; other axes must agree.
    Output: the query's axes, the last one with `out` values (None: as many as the query has; more
    than one number: that many axes). After it the attention weights, if `returns_weights`: "heads"
    (batch and axes not attended over, heads, query lengths, key lengths), "average" without heads.

    `key_size`, `value_size`: features of one head (value_size None: as many as of the key).
    `groups`: heads of keys and values, None for `heads` (grouped queries, arXiv:2305.13245).
    `extra_key`: a learned key and value at the end; `zero_key`: one of zeros. `gated`: what the
    heads return is multiplied with the sigmoid of one more projection of the query
    (arXiv:2505.06708). `causal`: no key behind the query's place. `window`: only keys less than so
    many places away. `dropout` on the softmax.

    Weights by `layout` (k = key_size, v = value_size, h = heads, g = groups, E = features in):
    "packed": input_kernel (2hk + hv, E), input_bias, [extra_key, extra_value], output_kernel
    (out, hv), output_bias; "separate": query_kernel (hk, E), key_kernel (hk, E of the key),
    value_kernel (hv, E of the value), then as packed; "heads": query_kernel (h, k, E), query_bias
    (h, k), key_kernel, key_bias, [gate_kernel, gate_bias], value_kernel, value_bias, output_kernel
    (out, h, v), output_bias.

    PyTorch's nn.MultiheadAttention(E, h, kdim=, vdim=) is MultiHeadAttention(h, E // h,
    layout="packed" or, with a kdim or vdim other than E, "separate", out=(E,), bias=bias,
    extra_key=add_bias_kv, zero_key=add_zero_attn, returns_weights="average" by default), the
    inputs viewed as (batch, time, feature) with batch_first, else as (time, batch, feature), or as
    (time, feature). Keras's MultiHeadAttention(h, k, v) is the layout "heads".

    Multiply-adds: all projections, and (k + v) for every head, query and key, masked ones too.
    Everything behind the projections of the input is inside of the node.
    """

    name: ClassVar[str] = "multi_head_attention"
    summary: ClassVar[str] = (
        "Projects queries, keys and values into heads that attend on their own."
    )

    heads: int
    key_size: int
    value_size: int | None = None
    out: tuple[int, ...] | None = None
    bias: bool = True
    layout: str = "heads"
    groups: int | None = None
    extra_key: bool = False
    zero_key: bool = False
    gated: bool = False
    causal: bool = False
    window: int | None = None
    dropout: float = 0.0
    axes: tuple[AxisRef, ...] = ()
    returns_weights: str | None = None

    @property
    def traits(self) -> frozenset[str]:
        return _RANDOM if self.dropout else _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        self._must_exist()
        if len(operands) < 3:
            raise RuleError(
                f"multi-head attention takes 3 inputs and perhaps masks, {len(operands)} are given",
                hint="query, key, value",
            )
        self._must_fit(operands, must)
        query = operands[0]
        last = query.axes[-1]
        if self.out is None:
            made = [Axis(last.role, last.dim)]
        else:
            made = [Axis(None, size) for size in self.out[:-1]]
            made.append(Axis(last.role or FEATURE, self.out[-1]))
        found = query.with_axes((*query.axes[:-1], *made))
        return (found, *self._returned(operands)) if self.returns_weights else (found,)

    def _must_exist(self) -> None:
        must_be_positive(self.heads, "the number of heads")
        must_be_positive(self.key_size, "the size of a head's key")
        must_be_positive(self._value, "the size of a head's value")
        must_be_positive(self._groups, "the number of groups of heads")
        must_be_a_share(self.dropout)
        for size in self.out or (1,):
            must_be_positive(size, "the size of the output")
        if self.heads % self._groups:
            raise RuleError(f"{self.heads} heads are no multiple of {self.groups} groups")
        if self.layout not in LAYOUTS:
            raise RuleError(f'there is no layout "{self.layout}"', hint=", ".join(LAYOUTS))
        if self.returns_weights not in RETURNS:
            raise RuleError(f'there are no attention weights "{self.returns_weights}"')
        if self.layout != "heads" and (self.gated or self._groups != self.heads):
            raise RuleError(f'gates and groups need the layout "heads", found "{self.layout}"')
        if self.layout == "heads" and self.extra_key:
            raise RuleError('a learned key needs the layout "packed" or "separate"')

    @property
    def _value(self) -> int:
        return self.key_size if self.value_size is None else self.value_size

    @property
    def _groups(self) -> int:
        return self.heads if self.groups is None else self.groups

    def _must_fit(self, operands: Operands, must: Must) -> None:
        """The three have the same axes; keys and values the same number, others all the same."""
        query = operands[0]
        for other in operands[1:3]:
            if other.rank != query.rank or query.rank < 2:
                shapes = ", ".join([describe(one) for one in operands[:3]])
                raise RuleError(
                    f"query, key and value need the same number of axes, found {shapes}",
                    hint="each is (batch, length, features)",
                )
        lengths = self._lengths(query)
        key, value = operands[1:3]
        for place in range(query.rank - 1):
            message = f"axis {place} has {{0}} keys and {{1}} values"
            must.equal(key.axes[place].dim, value.axes[place].dim, message)
            if place not in lengths:
                message = f"axis {place} of query and key has sizes {{0}} and {{1}}"
                hint = "only axes that are attended over may differ"
                must.equal(query.axes[place].dim, key.axes[place].dim, message, hint)
        if self.layout == "packed":
            for other in (key, value):
                message = "one kernel projects queries of {0} and others of {1} features"
                hint = "say the features of keys and values: kdim, vdim"
                must.equal(query.axes[-1].dim, other.axes[-1].dim, message, hint)
        for mask in operands[3:]:
            self._must_mask(mask, key.axes[lengths[-1]].dim, must)

    def _must_mask(self, mask: Tensor, keys: Dim, must: Must) -> None:
        if mask.rank and not is_one(mask.axes[-1].dim):
            message = f"the mask {describe(mask)} is for {{0}} keys, there are {{1}}"
            must.equal(mask.axes[-1].dim, keys, message, "a mask has axes (..., queries, keys)")

    def _lengths(self, source: Tensor) -> tuple[int, ...]:
        """Positions of the axes that are attended over."""
        if self.axes:
            found = tuple(sorted([source.locate(axis) for axis in self.axes]))
        else:
            roles = enumerate(source.roles[:-1])
            found = tuple([place for place, role in roles if role != BATCH])
        if not found or found[-1] == source.rank - 1:
            raise RuleError(
                f"the axes {self.axes} of {describe(source)} cannot be attended over",
                hint="attention runs along axes between the batch and the features",
            )
        return found

    def _returned(self, operands: Operands) -> tuple[Tensor, ...]:
        """The attention weights: queries keep their roles."""
        query, key = operands[:2]
        lengths = self._lengths(query)
        free = [axis for place, axis in enumerate(query.axes[:-1]) if place not in lengths]
        heads = [Axis(None, self.heads)] if self.returns_weights == "heads" else []
        rows = [query.axes[place] for place in lengths]
        columns = [key.axes[place].dim for place in lengths]
        columns[-1] = columns[-1] + self._more
        return (query.with_axes((*free, *heads, *rows, *[Axis(None, dim) for dim in columns])),)

    @property
    def _more(self) -> int:
        """Keys besides those of the input."""
        return int(self.extra_key) + int(self.zero_key)

    def sizes(self, operands: Operands) -> Sizes:
        """How many queries, keys and scores of one head there are, with what stands for them."""
        query, key = operands[:2]
        lengths = self._lengths(query)
        free = [axis for place, axis in enumerate(query.axes[:-1]) if place not in lengths]
        return Sizes(
            product_of([axis.dim for axis in free]),
            product_of([query.axes[place].dim for place in lengths]),
            product_of([key.axes[place].dim for place in lengths]),
            self._more,
        )

    def projections(self, operands: Operands) -> Projections:
        """The weighted sums at the input and at the output."""
        return Projections(
            tuple([operand.axes[-1].dim for operand in operands[:3]]),
            self.heads,
            self._groups,
            self.key_size,
            self._value,
            (operands[0].axes[-1].dim,) if self.out is None else self.out,
            self.bias,
            self.gated,
            self.extra_key,
        )

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return self.projections(operands).weights(self.layout)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        sizes = self.sizes(operands)
        query, key, value, out = self.projections(operands).macs(sizes.queries, sizes.keys)
        compared = sizes.scores * (self.heads * self.key_size)
        averaged = sizes.scores * (self.heads * self._value)
        projected = query + key + value
        inner = (compared + averaged) * 2 + out
        rest: tuple[Dim, ...] = (0,) * (len(operands) - 3)
        return Macs(
            projected + compared + averaged + out,
            projected,
            projected + out,
            inner,
            (query, key, value, *rest),
        )

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        """Biases; per score a scale, masks, the softmax and dropout; averaging and gates."""
        sizes = self.sizes(operands)
        widths = self.projections(operands)
        masks = int(self.causal) + int(self.window is not None) + len(operands) - 3
        per_score = 1 + SOFTMAX_OPS + masks + bool(self.dropout)
        per_score += self.returns_weights == "average"
        total = sizes.scores * self.heads * per_score
        if self.returns_weights == "average":
            total = total + sizes.scores
        if self.bias:
            total = total + widths.biased(sizes.queries, sizes.keys)
        if self.gated:
            total = total + sizes.queries * (self.heads * self._value) * 2
        return total

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        """Inputs, their projections, the softmax, and what the heads return."""
        sizes = self.sizes(operands)
        dtype = operands[0].dtype
        scores = sizes.scores * self.heads
        wide = self.heads * self._value
        projected = sizes.queries * (self.heads * self.key_size + wide)
        if self.gated:
            projected = projected + sizes.queries * wide * 2
        keys = sizes.keys + sizes.examples * self._more
        projected = projected + keys * (self._groups * (self.key_size + self._value))
        found = [Kept("input", place) for place in range(3)]
        found.append(Kept("extra", 0, "projections", projected, dtype))
        if self.returns_weights == "heads":
            found.append(Kept("output", 1))
        else:
            found.append(Kept("extra", 0, "attention weights", scores, dtype))
        if self.dropout:
            found.append(Kept("extra", 0, "mask", scores, "bool"))
        return tuple(found)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Features are mixed; all keys are seen, of those before or near the query when asked."""
        if operand > 2:
            return {}
        source = operands[operand]
        found: dict[str, Reach] = dict.fromkeys(placed_roles(source.axes[-1]), WHOLE)
        lengths = self._lengths(operands[0]) if operand else ()
        for place in lengths:
            rule = self._seen(operands[0].axes[place], source.axes[place], len(lengths))
            found.update(dict.fromkeys(placed_roles(source.axes[place]), rule))
        return found

    def _seen(self, query: Axis, key: Axis, lengths: int) -> Reach:
        """Several axes that are attended over are seen whole: causal is their flattened order."""
        if lengths > 1 or (not self.causal and self.window is None):
            return WHOLE
        rule = past(query, key)
        if self.window is None or rule is WHOLE:
            return rule
        near = self.window - 1
        return Slide(near + 1 if self.causal else 2 * near + 1, 1, 1, near)

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        query, key = operands[:2]
        lengths = self._lengths(query)
        free = counted_axes(
            [axis for place, axis in enumerate(query.axes[:-1]) if place not in lengths]
        )
        queries = product(*free, *[query.axes[place].dim for place in lengths])
        keys = product(*free, *[key.axes[place].dim for place in lengths])
        seen = product(*[key.axes[place].dim for place in lengths])
        pairs = queries * (seen + self._more if self._more else seen)
        one_head = number(self.key_size) + self._value
        widths = self.projections(operands)
        scores = pairs.times(number(self.heads) * one_head)
        return {
            "parameters": widths.parameter_formula(),
            "macs": widths.macs_formula(queries, keys) + scores,
        }

    def canonical(self, operands: Operands) -> MultiHeadAttention:
        query = operands[0]
        lengths = self._lengths(query)
        every = tuple([p for p, role in enumerate(query.roles[:-1]) if role != BATCH])
        named = () if lengths == every else tuple([query.reference(place) for place in lengths])
        out = self.out
        if out is None and type(query.axes[-1].dim) is int:
            out = (query.axes[-1].dim,)
        return replace(self, value_size=self._value, groups=self._groups, out=out, axes=named)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        roles = ("batch", "time", "feature")
        text, words = tensor((1, 5, 8), roles), tensor((1, 7, 8), roles)
        keys, values = tensor((1, 7, 6), roles), tensor((1, 7, 3), roles)
        turned = tensor((5, 1, 8), ("time", "batch", "feature"))
        image = tensor((1, 3, 4, 6), ("batch", "height", "width", "channel"))
        mask = tensor((5, 5), (None, None), "bool")
        return (
            Example(cls(2, 4), (text,) * 3),
            Example(cls(2, 3, 5, (7,), bias=False, dropout=0.1), (text, words, words)),
            Example(cls(2, 3, causal=True, returns_weights="heads"), (text, text, text, mask)),
            Example(cls(4, 3, groups=2, gated=False), (text, words, words)),
            Example(cls(2, 3, gated=True, causal=True, window=3), (text,) * 3),
            Example(cls(2, 3, window=2, out=(2, 3)), (text,) * 3),
            Example(cls(2, 3, axes=(2,)), (image,) * 3),
            Example(cls(2, 3, 2), (image,) * 3),
            Example(
                cls(2, 4, layout="packed", zero_key=True, returns_weights="average"), (turned,) * 3
            ),
            Example(
                cls(2, 4, out=(8,), layout="separate", extra_key=True, returns_weights="heads"),
                (text, keys, values),
            ),
            Example(cls(2, 4, layout="packed", extra_key=True, bias=False), (text,) * 3),
        )
