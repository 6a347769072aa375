"""Rows of a table looked up by whole numbers, the table learned or computed."""

from __future__ import annotations

import numpy as np

from convwise.errors import RuleError
from convwise.kinds.embedding import Embedding
from convwise.kinds.given_weights import GivenEmbedding
from convwise.reference.contract import Array, Gradients, Pass, Use


def embedding(use: Use[Embedding]) -> Pass:
    """y[..., c] = table[x[...], c].

    Backward: dtable[v, c] = sum of dy[..., c] over all positions with x[...] = v; none for x.
    """
    places, table = use.x.astype(np.int64), use.weights["table"]  # (...), (vocabulary, out)
    _must_be_rows(places, table)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((None,), {"table": _gathered(grads[0], places, table)})

    return Pass((table[places],), backward)


def given_embedding(use: Use[GivenEmbedding]) -> Pass:
    """y[..., c] = table[x[...], c], where the table is an operand.

    Backward: dtable[v, c] = sum of dy[..., c] over all positions with x[...] = v; none for x.
    """
    places, table = use.x.astype(np.int64), use.inputs[1]  # (...), (vocabulary, width)
    _must_be_rows(places, table)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        return Gradients((None, _gathered(grads[0], places, table)))

    return Pass((table[places],), backward)


def _gathered(dy: Array, places: Array, table: Array) -> Array:
    """Gradients of all positions added to the rows that they came from."""
    found = np.zeros_like(table)
    np.add.at(found, places, dy)
    return found


def _must_be_rows(places: Array, table: Array) -> None:
    """RuleError for a number that is no row: NumPy would count negative ones from the end."""
    for number in (places.min(initial=0), places.max(initial=0)):
        if not 0 <= number < len(table):
            raise RuleError(
                f"the token {number} has no row in a table of {len(table)}",
                hint=f"tokens are whole numbers from 0 to {len(table) - 1}",
            )
