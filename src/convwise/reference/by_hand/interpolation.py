"""Interpolation on paper: the nearest pixels and their shares; knows no framework."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import floor
from typing import Any, NamedTuple

import numpy as np

from convwise.reference.by_hand.channels import seen_by
from convwise.reference.by_hand.contract import Grid, Worked
from convwise.reference.by_hand.family import Arriving, ByHand
from convwise.reference.by_hand.geometry import Line, picked
from convwise.reference.by_hand.places import Place, shape_of, spoken
from convwise.reference.by_hand.sheet import Sheet, numbers
from convwise.reference.contract import Array, Use


class _Along(NamedTuple):
    """One axis: the pixels that each output reads, and the share of each."""

    line: Line
    shares: tuple[tuple[float, ...], ...]


def _on_paper(use: Use[Any]) -> bool:
    """Nearest or linear, of the whole input, without smoothing."""
    kind = use.kind
    if kind.method not in ("nearest", "bilinear"):
        return False
    return kind.name == "upsample" or (kind.aspect == "stretch" and not kind.antialias)


def _alongs(use: Use[Any]) -> list[_Along]:
    sizes = shape_of(use.source)
    found = []
    for position, dim in use.kind.sizes_out(use.source):
        out, role = int(dim), use.source.axes[position].role or ""
        pairs = [_read(use.kind, o, sizes[position], out) for o in range(out)]
        line = Line(position, role, tuple([reads for reads, _ in pairs]))
        found.append(_Along(line, tuple([shares for _, shares in pairs])))
    return found


def _read(kind: Any, output: int, size: int, out: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The place of an output among the inputs, between the two nearest of them."""
    if kind.method == "nearest":
        return (output * size // out,), (1.0,)
    if kind.aligned_corners:
        at = output * (size - 1) / max(out - 1, 1)
    else:
        at = max((output + 0.5) * size / out - 0.5, 0.0)
    first = min(floor(at), size - 1)
    if first == size - 1:
        return (first,), (1.0,)
    return (first, first + 1), (1 - (at - first), at - first)


def _outer(shares: Sequence[Sequence[float]]) -> Array:
    """The product of the shares along all axes."""
    return numbers(reduce(np.multiply.outer, [np.asarray(one) for one in shares]))


def output_value(use: Use[Any], place: Place) -> Worked | None:
    """y[o] = sum over the nearest pixels i of x[i] * share[o, i], the product over axes."""
    if not _on_paper(use):
        return None
    alongs = _alongs(use)
    indices: dict[int, Sequence[int | None]] = {axis: [at] for axis, at in enumerate(place)}
    indices.update({one.line.position: one.line.reads[place[one.line.position]] for one in alongs})
    gone = tuple(sorted(set(range(use.x.ndim)) - {one.line.position for one in alongs}))
    met = picked(numbers(use.x), indices).values.squeeze(gone)
    shares = _outer([one.shares[place[one.line.position]] for one in alongs])
    sheet = Sheet()
    read = "; ".join(
        [f"{one.line.role} {_listed(one.line.reads[place[one.line.position]])}" for one in alongs]
    )
    sheet.line(
        "pixels by their shares", "sum of products", Grid("pixels", met), Grid("shares", shares)
    )
    words = spoken(use.outputs[0], place, "channel")
    formula = "y = sum over the nearest pixels of x times its share, the product over axes"
    return sheet.worked(f"output value {words}", place, formula, f"reads the input at {read}")


def _listed(indices: Sequence[int | None]) -> str:
    return ", ".join([str(index) for index in indices])


def input_gradient(use: Use[Any], upstream: Arriving, operand: int, place: Place) -> Worked | None:
    """dx[i] = sum over outputs o that read it of dy[o] * share[o, i]."""
    if not _on_paper(use):
        return None
    alongs = _alongs(use)
    lines = [one.line for one in alongs]
    pairs = {line.position: line.readers(place[line.position]) for line in lines}
    words = f"gradient of the value {spoken(use.source, place, 'channel')}"
    formula = "dx = sum over the outputs that read it of dy times its share"
    sheet = Sheet()
    if not all(pairs.values()):
        sheet.line("no output reads this value", "sum", Grid("gradients", np.zeros(0)))
        return sheet.worked(words, place, formula)
    indices: dict[int, Sequence[int | None]] = {axis: [at] for axis, at in enumerate(place)}
    indices.update({axis: [output for output, _ in found] for axis, found in pairs.items()})
    gone = tuple(sorted(set(range(use.x.ndim)) - set(pairs)))
    arriving = picked(upstream[0], indices).values.squeeze(gone)
    shares = _outer([[one.shares[o][tap] for o, tap in pairs[one.line.position]] for one in alongs])
    factors = [Grid("gradient arriving", arriving), Grid("shares", shares)]
    sheet.over_positions("", factors, [line.role for line in lines])
    return sheet.worked(words, place, formula, f"read by the outputs at {seen_by(lines, pairs)}")


UPSAMPLE = RESIZE = ByHand(output_value, None, input_gradient)
