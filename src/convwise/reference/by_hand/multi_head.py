"""Multi-head attention on paper: projections, one head written out, all heads put together."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import NamedTuple

import numpy as np

from convwise.kinds.multi_head import MultiHeadAttention
from convwise.reference.attending import out_of_sight
from convwise.reference.by_hand.attention import Seen, shared
from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.family import ByHand
from convwise.reference.by_hand.places import Place, spoken
from convwise.reference.by_hand.sheet import Sheet, in_rows
from convwise.reference.contract import Array, Use
from convwise.reference.heads import by_head, frame_of

_NOTE = "of head 0 the first number is written out, of all others only what they return"


class _Operand(NamedTuple):
    """What one projection starts from: (length, features), and its weights by head."""

    name: str
    x: Array
    kernels: Array
    biases: Array | None

    @property
    def made(self) -> Array:
        """(heads, length, size)."""
        found: Array = np.einsum("le,hde->hld", self.x, self.kernels)
        return found if self.biases is None else found + self.biases[:, None]

    def first(self, sheet: Sheet, which: int) -> float:
        """The first number of head 0 at one place of the sequence, written out."""
        label = f"{self.name} {which}"
        left = Grid(f"input of {label}", self.x[which])
        parts = in_rows(f"{label}, features", left, Grid("weights of head 0", self.kernels[0, 0]))
        total = sheet.products(parts, f"the features of {label}")
        if self.biases is None:
            return total
        names = (f"{label}, sum", "bias")
        return sheet.added("add the bias", names, (total, float(self.biases[0, 0])))


def _operands(
    use: Use[MultiHeadAttention], weights: Mapping[str, Array], example: int
) -> list[_Operand]:
    frame = frame_of(use.kind, use.source)
    return [
        _Operand(
            name, frame.laid(x)[example], weights[f"{name}_kernel"], weights.get(f"{name}_bias")
        )
        for name, x in zip(("query", "key", "value"), use.inputs, strict=False)
    ]


def _on_paper(use: Use[MultiHeadAttention]) -> bool:
    kind = use.kind
    plain = not (kind.gated or kind.extra_key or kind.zero_key)
    return plain and len(use.inputs) == 3 and kind.groups in (None, kind.heads)


def _located(use: Use[MultiHeadAttention], before: Place) -> tuple[int, int]:
    """The example and the query, counted along all axes that are attended over."""
    spot = np.zeros((*use.x.shape[:-1], 1), dtype=bool)
    spot[before] = True
    example, query, _ = np.argwhere(frame_of(use.kind, use.source).laid(spot))[0]
    return int(example), int(query)


def output_value(use: Use[MultiHeadAttention], place: Place) -> Worked | None:
    """y[o] = b[o] + sum over heads h and their values v of W[o, h, v] * (share_h * v_h)."""
    if not _on_paper(use):
        return None
    kind = use.kind
    weights = by_head(use.weights, kind.projections(use.operands))
    axes = use.x.ndim - 1
    example, query = _located(use, place[:axes])
    queries, keys, values = _operands(use, weights, example)
    hidden = out_of_sight(len(queries.x), len(keys.x), kind.causal, kind.window)[query]
    added = np.where(hidden, -np.inf, 0.0)
    sheet = Sheet()
    returned = _heads(sheet, query, (queries, keys, values), added)
    out = int(np.ravel_multi_index(place[axes:], use.outputs[0].shape[axes:]))  # type: ignore[arg-type]
    row = weights["output_kernel"][out].reshape(-1)
    parts = in_rows("numbers", Grid("what the heads return", returned), Grid("weights", row))
    total = sheet.products(parts, "the numbers of all heads")
    if kind.bias:
        bias = float(weights["output_bias"][out])
        sheet.added("add the bias", ("sum over all heads", f"bias {out}"), (total, bias))
    words = spoken(use.outputs[0], place, "feature")
    formula = "y = W [head 0, head 1, ...] + b, head = softmax(q k / sqrt(key size)) v"
    return sheet.worked(f"output value {words}", place, formula, _NOTE)


def _heads(
    sheet: Sheet, query: int, operands: tuple[_Operand, _Operand, _Operand], added: Array
) -> Array:
    """What all heads return for a query, (heads * value size,); head 0 is written out."""
    q, k, v = [one.made for one in operands]
    key = int(np.argmax(added == 0))
    q[0, query, 0] = operands[0].first(sheet, query)
    k[0, key, 0] = operands[1].first(sheet, key)
    v[0, key, 0] = operands[2].first(sheet, key)
    scale = 1 / sqrt(q.shape[-1])
    found = shared(sheet, Seen(q[0, query], k[0], added, scale))
    grids = Grid("shares", found.shares), Grid("first value of each key", v[0, :, 0])
    mine = sheet.line("head 0, first number", "sum of products", *grids)
    scores = np.exp(scale * np.einsum("hd,hkd->hk", q[:, query], k) + added)
    shares = scores / scores.sum(axis=1, keepdims=True)
    returned: Array = np.einsum("hk,hkv->hv", shares, v).reshape(-1)
    returned[0] = mine
    return returned


MULTI_HEAD_ATTENTION = ByHand(output_value)
