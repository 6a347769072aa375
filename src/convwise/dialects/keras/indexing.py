"""Parts of symbolic tensors: `x[:, -1]`, `x[..., None]`, `x[:, ::2, :]`."""

from __future__ import annotations

from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.sizes import Size
from convwise.dialects.python.values import At, Unknown
from convwise.errors import RuleError
from convwise.kinds.slicing import Cut, Slice
from convwise.kinds.views import Unsqueeze

_WHOLE: Cut = (None, None, None)


def item(symbol: Symbol, index: object, at: At) -> object:
    """`x[index]` as one slice and the axes that None adds behind it."""
    context = symbol.context
    if not symbol.known:
        return unknown_operation(context, "GetItem", [symbol], at)
    entries = list(index) if type(index) is tuple else [index]
    entries = _spread(entries, symbol.rank, at)
    cuts: list[Cut] = []
    added: list[int] = []
    place = 0
    for entry in entries:
        if entry is None:
            added.append(place)
            place += 1
            continue
        cut = _cut(entry)
        if cut is None:
            return unknown_operation(context, "an index of a tensor", [symbol], at)
        cuts.append(cut)
        place += type(cut) is not int
    while cuts and cuts[-1] == _WHOLE:
        cuts.pop()
    parts = [Part(Slice(tuple(cuts)))] if cuts else []
    parts += [Part(Unsqueeze(position)) for position in added]
    return operate(context, "GetItem", parts, [symbol], at)[0] if parts else symbol


def _spread(entries: list[object], rank: int, at: At) -> list[object]:
    """The ellipsis written out."""
    counted = sum([one is not None and one is not Ellipsis for one in entries])
    if counted > rank:
        raise RuleError(
            f"{counted} axes are indexed, the tensor has {rank}",
            line=at.line,
            hint="the batch is an axis too: x[:, i] is place i of every example",
        )
    places = [index for index, one in enumerate(entries) if one is Ellipsis]
    if not places:
        return entries
    first = places[0]
    filler: list[object] = [slice(None)] * (rank - counted)
    return [*entries[:first], *filler, *entries[first + 1 :]]


def _cut(entry: object) -> Cut | None:
    if type(entry) is int:
        return entry
    if type(entry) is slice:
        ends = (entry.start, entry.stop, entry.step)
        if all(one is None or type(one) is int for one in ends):
            return ends
        if any(type(one) in (Size, Unknown) for one in ends):
            return None
    return None
