"""Operations along time or over a set of tokens, in words."""

from __future__ import annotations

from convwise.analyses.lessons.contract import Lesson, Point, Seen, counted
from convwise.kinds.attention import Attention
from convwise.kinds.embedding import Embedding
from convwise.kinds.multi_head import MultiHeadAttention
from convwise.kinds.recurrent import Recurrent

_GATES = {"simple": 1, "lstm": 4, "gru": 3}
_LABELS = {"simple": "a simple recurrent cell", "lstm": "an LSTM", "gru": "a GRU"}


def embedding(kind: Embedding, seen: Seen) -> Lesson:
    """A row of a table per number."""
    text = (
        f"Every whole number below {kind.vocabulary:,} picks its row of a learned table: "
        f"{counted(kind.width, 'value')} each. No multiplication: "
        f"{kind.vocabulary:,} x {kind.width} = {kind.vocabulary * kind.width:,} parameters."
    )
    return Lesson((Point("does", text),))


def recurrent(kind: Recurrent, seen: Seen) -> Lesson:
    """One step after the other, with a memory."""
    cell = kind.cell
    gates = _GATES.get(cell.name, 1)
    text = (
        f"Reads the steps one after the other with {_LABELS.get(cell.name, cell.name)} of "
        f"{counted(cell.units, 'unit')}: each step's output is made of the step's input and the "
        f"last output"
    )
    if gates > 1:
        text += f", by {gates} weighted sums per unit (its gates)"
    text += "."
    if kind.bidirectional:
        text += " A second one reads from the end; both outputs are joined."
    if kind.layers > 1:
        text += f" {kind.layers} of them are stacked."
    text += " The weights are the same at every step: a longer sequence costs time, not parameters."
    formula = seen.row.formulas.get("parameters")
    points = [Point("does", text)]
    if formula is not None:
        points.append(Point("weights", f"{formula.text()} = {formula.value:,} parameters."))
    return Lesson(tuple(points))


def attention(kind: Attention, seen: Seen) -> Lesson:
    """Vaswani et al. (arXiv:1706.03762), section 3.2.1."""
    text = (
        "Every query is compared with every key; the scores become shares that add up to 1 "
        "(softmax), and the output is the values mixed in these shares. The scores are a table of "
        "queries x keys: its size grows with the square of the length."
    )
    if kind.causal:
        text += " No position looks at a later one."
    return Lesson((Point("does", text),))


def multi_head_attention(kind: MultiHeadAttention, seen: Seen) -> Lesson:
    """Vaswani et al. (arXiv:1706.03762), section 3.2.2."""
    text = (
        f"Queries, keys and values are projected for each of {counted(kind.heads, 'head')} "
        f"({counted(kind.key_size, 'value')} per head); each head compares every query with every "
        f"key and mixes the values by these shares; the heads' results are joined and projected "
        f"once more. The weights are in the projections: the length of the sequence costs none."
    )
    formula = seen.row.formulas.get("parameters")
    points = [Point("does", text)]
    if formula is not None:
        points.append(Point("weights", f"{formula.text()} = {formula.value:,} parameters."))
    return Lesson(tuple(points))
