"""Attention on paper: one query's scores, their softmax, the weighted sum of the values."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from convwise.kinds.attention import Attention
from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.family import Arriving, ByHand
from convwise.reference.by_hand.places import Place, spoken
from convwise.reference.by_hand.sheet import WRITTEN_OUT, Sheet, numbers, single
from convwise.reference.contract import Array, Use


class Seen(NamedTuple):
    """One query and all it can look at: (features,), (keys, features), and what is added.

    `added`: per key a number that is added to its score, minus infinity where it is hidden.
    """

    query: Array
    keys: Array
    added: Array
    scale: float


class Shares(NamedTuple):
    """The shares of one query, and for which keys they are written out."""

    shares: Array
    written: list[int]


def shared(sheet: Sheet, seen: Seen, of: int | None = None) -> Shares:
    """The softmax of a query's scores, key by key; of many keys the first ones are written out.

    `of`: only the share of this key is wanted.
    """
    visible = [key for key, more in enumerate(seen.added) if more > -np.inf]
    written = visible[:WRITTEN_OUT]
    scores = seen.scale * (seen.keys @ seen.query) + seen.added
    for key in written:
        grids = Grid("query", seen.query), Grid(f"key {key}", seen.keys[key])
        alike = sheet.line(f"query times key {key}", "sum of products", *grids)
        pair = single("sum", alike), single("scale", seen.scale)
        score = sheet.line(f"score of key {key}", "product", *pair)
        more = float(seen.added[key])
        if more:
            score = sheet.added("add the mask", ("score", "mask"), (score, more))
        scores[key] = score
    total = sheet.line("sum of exp(score)", "sum of exponentials", Grid("scores", scores))
    shares = np.exp(scores) / total
    for key in written if of is None else [of]:
        grown = sheet.line(f"exp of score {key}", "exponential", single("score", scores[key]))
        pair = single("exp", grown), single("sum", total)
        shares[key] = sheet.line(f"share of key {key}", "quotient", *pair)
    return Shares(shares, written)


def _on_paper(use: Use[Attention]) -> bool:
    """Products as scores, and keys and values with the leading axes of the queries."""
    leading = {values.shape[:-2] for values in use.inputs[:3]}
    return use.kind.scores == "dot" and len(leading) == 1


def _seen(use: Use[Attention], before: Sequence[int], query: int) -> Seen:
    kind, lead = use.kind, tuple(before)
    keys = numbers(use.inputs[1][lead])
    added = np.zeros(len(keys))
    for mask in use.inputs[3:]:
        whole = np.broadcast_to(mask, (*use.x.shape[:-1], len(keys)))[(*lead, query)]
        added = added + (np.where(whole, 0.0, -np.inf) if mask.dtype == bool else whole)
    if kind.causal:
        added = np.where(np.arange(len(keys)) > query, -np.inf, added)
    scale = 1 / sqrt(keys.shape[-1]) if kind.scale is None else kind.scale
    scale *= float(use.weights["scale"]) if "scale" in use.weights else 1.0
    return Seen(numbers(use.x[(*lead, query)]), keys, added, scale)


def output_value(use: Use[Attention], place: Place) -> Worked | None:
    """y[q, d] = sum over keys k of share[q, k] v[k, d], share = softmax(scale * q k)."""
    if not _on_paper(use):
        return None
    *before, query, column = place
    sheet = Sheet()
    seen = _seen(use, before, query)
    found = shared(sheet, seen)
    values = Grid(
        f"column {column} of the values", numbers(use.inputs[2][tuple(before)][:, column])
    )
    sheet.line("values by their shares", "sum of products", Grid("shares", found.shares), values)
    words = spoken(use.outputs[0], place, "feature")
    formula = "y = sum over keys of softmax(scale * query * key) * value"
    return sheet.worked(f"output value {words}", place, formula, _note(seen, found))


def _note(seen: Seen, found: Shares) -> str:
    hidden = int((seen.added == -np.inf).sum())
    notes = [f"{hidden} keys are hidden: their score counts as minus infinity"] if hidden else []
    if len(seen.keys) - hidden > len(found.written):
        notes.append("of many keys only some are written out")
    return "; ".join(notes)


def input_gradient(
    use: Use[Attention], upstream: Arriving, operand: int, place: Place
) -> Worked | None:
    """Of a query, or of a value; of a key there is no short calculation."""
    if not _on_paper(use) or use.kind.returns_weights or operand not in (0, 2):
        return None
    work = _of_query if operand == 0 else _of_value
    sheet = Sheet()
    work(sheet, use, upstream[0], place)
    words = spoken(use.operands[operand], place, "feature")
    if operand == 0:
        formula = "dq = scale * sum over keys of share (dp - sum of share * dp) key, dp = dy v"
        return sheet.worked(f"gradient of the query {words}", place, formula)
    formula = "dv = sum over queries of share * dy"
    note = "the share of one query is written out, of the others only the number"
    return sheet.worked(f"gradient of the value {words}", place, formula, note)


def _of_value(sheet: Sheet, use: Use[Attention], dy: Array, place: Place) -> None:
    *before, key, column = place
    arriving = dy[tuple(before)][:, column]
    middle = len(arriving) // 2
    shares = []
    for query in range(len(arriving)):
        seen = _seen(use, before, query)
        if query == middle:
            shares.append(shared(sheet, seen, key).shares[key])
        else:
            scores = np.exp(seen.scale * (seen.keys @ seen.query) + seen.added)
            shares.append(scores[key] / scores.sum())
    grids = Grid(f"each query's share of key {key}", np.array(shares)), Grid("dy", arriving)
    sheet.line("sum over queries", "sum of products", *grids)


def _of_query(sheet: Sheet, use: Use[Attention], dy: Array, place: Place) -> None:
    *before, query, column = place
    seen = _seen(use, before, query)
    found = shared(sheet, seen)
    values, arriving = numbers(use.inputs[2][tuple(before)]), dy[(*before, query)]
    through = values @ arriving
    for key in found.written:
        grids = Grid("dy", arriving), Grid(f"value {key}", values[key])
        through[key] = sheet.line(f"dp of key {key}", "sum of products", *grids)
    pair = Grid("shares", found.shares), Grid("dp", through)
    mean = sheet.line("sum of share * dp", "sum of products", *pair)
    slopes = found.shares * (through - mean)
    for key in found.written:
        pair_of_key = single("dp", through[key]), single("that sum", mean)
        less = sheet.line(f"dp of key {key} less it", "difference", *pair_of_key)
        share = single("share", found.shares[key])
        slopes[key] = sheet.line("times its share", "product", share, single("that", less))
    grids = Grid("gradients of the scores", slopes), Grid("keys", seen.keys[:, column])
    total = sheet.line("sum over keys", "sum of products", *grids)
    sheet.line("times the scale", "product", single("sum", total), single("scale", seen.scale))


def _some(use: Use[Any], operand: int) -> Place:
    """The first query that sees more than one key, or the first key and value."""
    shape = use.inputs[operand].shape
    return (*[0] * (len(shape) - 2), shape[-2] // 2 if operand == 0 else 0, 0)


ATTENTION = ByHand(output_value, None, input_gradient, None, _some)
