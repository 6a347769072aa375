"""Functions that take or place parts of tensors: narrow, select, flip, gather, where, topk."""

from __future__ import annotations

from typing import Final

from convwise.dialects.torch.functions.call import Call
from convwise.errors import RuleError
from convwise.graph.dims import Dim
from convwise.kinds.reshape import Reshape
from convwise.kinds.rolling import Flip, Roll
from convwise.kinds.slicing import Cut, Slice
from convwise.kinds.triangle import Triangle
from convwise.kinds.views import Flatten, Identity

_WHOLE: Cut = (None, None, None)


def _narrow(call: Call) -> object:
    symbol = call.tensor()
    place = call.place(call.get("dim"), symbol.rank)
    start, length = call.get("start"), call.get("length")
    if type(start) is not int or type(length) is not int:
        return call.unknown()
    stop = start + length
    cut = (start, stop if start >= 0 or stop < 0 else None, None)
    return call.run(Slice((*((_WHOLE,) * place), cut)), symbol)


def _select(call: Call) -> object:
    symbol = call.tensor()
    place = call.place(call.get("dim"), symbol.rank)
    return call.run(Slice((*((_WHOLE,) * place), call.integer("index"))), symbol)


def _flip(call: Call) -> object:
    symbol = call.tensor()
    places = call.places("dim", symbol.rank)
    return call.run(Flip(places) if places else Identity(), symbol)


def _mirrored(place: int) -> object:
    """`fliplr` and `flipud`: one axis of at least so many."""

    def run(call: Call) -> object:
        symbol = call.tensor()
        return call.run(Flip((call.place(place, symbol.rank),)), symbol)

    return run


def _roll(call: Call) -> object:
    """Along the axes given, or over all values in a row."""
    symbol = call.tensor()
    shifts = call.sizes("shifts")
    if call.get("dim") in (None, (), []):
        whole = symbol.dims
        kinds = [Flatten(0), Roll(shifts, (0,)), Reshape(whole, (), with_batch=True)]
        return call.run(kinds if symbol.rank > 1 else Roll(shifts, (0,)), symbol)
    places = call.places("dim", symbol.rank)
    if len(shifts) != len(places):
        raise RuleError(
            f"{call.name} has {len(shifts)} shifts for {len(places)} axes",
            hint="give one shift per axis",
        )
    moved: dict[int, Dim] = {}
    for place, shift in zip(places, shifts, strict=True):
        moved[place] = moved.get(place, 0) + shift
    return call.run(Roll(tuple(moved.values()), tuple(moved)), symbol)


def _triangle(upper: bool) -> object:
    def run(call: Call) -> object:
        kind = Triangle(upper, call.integer("diagonal", 0))
        return call.run(kind, call.tensor())

    return run


FUNCTIONS: Final = {
    "narrow": ("input dim start length", _narrow),
    "select": ("input dim index", _select),
    "flip": ("input *dim", _flip),
    "fliplr": ("input", _mirrored(1)),
    "flipud": ("input", _mirrored(0)),
    "tril": ("input diagonal", _triangle(False)),
    "triu": ("input diagonal", _triangle(True)),
    "roll": ("input shifts dim", _roll),
}
