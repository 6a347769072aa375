"""Functions that take or place parts of tensors: narrow, select, flip, gather, where, topk."""

from __future__ import annotations

from typing import Final

from convwise.dialects.torch.functions.call import Call
from convwise.kinds.slicing import Cut, Slice

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
    cuts: list[Cut] = [
        (None, None, -1 if place in places else None) for place in range(symbol.rank)
    ]
    return call.run(Slice(tuple(cuts)), symbol)


FUNCTIONS: Final = {
    "narrow": ("input dim start length", _narrow),
    "select": ("input dim index", _select),
    "flip": ("input *dim", _flip),
}
