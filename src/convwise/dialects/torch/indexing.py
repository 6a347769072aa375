"""Parts of tensors by index: `x[:, -1]`, `x[..., None]`, `x[:, ::2]`, and storing into them."""

from __future__ import annotations

from collections.abc import Iterator

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.sizes import Size
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.torch.functions.call import Call, plain_number
from convwise.dialects.torch.rows import operate, unknown_operation
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import tensor_of, tensors_in
from convwise.errors import RuleError
from convwise.graph.dims import Dim
from convwise.kinds.assigning import Assign
from convwise.kinds.gathering import Pick
from convwise.kinds.given_weights import GivenEmbedding
from convwise.kinds.slicing import Cut, Slice
from convwise.kinds.views import Identity, Unsqueeze

_WHOLE: Cut = (None, None, None)


def item(symbol: Symbol, index: object, at: At) -> object:
    """`x[index]` as one slice and the axes that None adds behind it."""
    context = symbol.context
    if not symbol.known:
        return unknown_operation(context, "getitem", [symbol], at)
    entries = list(index) if type(index) is tuple else [index]
    rows = _rows(symbol, entries, at)
    if rows is not None:
        return rows
    entries = _spread(entries, symbol, at)
    if any(_names_places(one) for one in entries):
        return _picked(symbol, entries, at)
    cuts: list[Cut] = []
    added: list[int] = []
    place = 0
    for entry in entries:
        if entry is None:
            added.append(place)
            place += 1
            continue
        cut = _cut(entry, symbol.dims[len(cuts)])
        if cut is None:
            return unknown_operation(context, "getitem", [symbol, *tensors_in(entries)], at)
        cuts.append(cut)
        place += type(cut) is not int
    while cuts and cuts[-1] == _WHOLE:
        cuts.pop()
    parts = [Part(Slice(tuple(cuts)))] if cuts else []
    parts += [Part(Unsqueeze(position)) for position in added]
    return operate(context, "getitem", parts or [Part(Identity())], [symbol], at)[0]


def _names_places(entry: object) -> bool:
    """Whether an index is a tensor, an array or a list rather than a number or a range."""
    if type(entry) is Array:
        return type(entry.number) is not int
    return type(entry) in (Symbol, list)


def _picked(symbol: Symbol, entries: list[object], at: At) -> Symbol:
    """`x[:, i]`, `x[i, j]`: places that whole numbers name; what a mask names is in the data."""
    context = symbol.context
    indices: list[Symbol] = []
    cuts: list[Cut] = []
    axes: list[int] = []
    for place, entry in enumerate(entries):
        found = tensor_of(entry, context, at) if _names_places(entry) else None
        whole = found is not None and found.known and _whole(found, entry)
        cut = _WHOLE if whole else _cut(entry, symbol.dims[place]) if entry is not None else None
        if cut is None:
            what = "an index of truth values" if found is not None else "getitem"
            return unknown_operation(context, what, [symbol, *tensors_in(entries)], at)
        if whole and found is not None:
            axes.append(place - sum([type(one) is int for one in cuts]))
            indices.append(found)
        cuts.append(cut)
    named = [place for place, one in enumerate(entries) if type(one) is int or _names_places(one)]
    front = named[-1] - named[0] >= len(named)
    parts: list[Symbol] = [symbol]
    if any(cut != _WHOLE for cut in cuts):
        parts = list(operate(context, "getitem", [Part(Slice(tuple(cuts)))], [symbol], at))
    kind = Pick(tuple(axes), front)
    return operate(context, "getitem", [Part(kind)], [*parts, *indices], at)[0]


def _whole(found: Symbol, entry: object) -> bool:
    """Whether an index holds whole numbers: a list is of them, a tensor says so."""
    return type(entry) is list or found.tensor.dtype.startswith(("int", "uint"))


def _rows(symbol: Symbol, entries: list[object], at: At) -> Symbol | None:
    """`table[indices]`: the rows of a table, for whole numbers of any shape."""
    if len(entries) != 1 or symbol.rank != 2 or type(entries[0]) not in (Array, Symbol):
        return None
    if type(entries[0]) is Array and entries[0].shape == ():
        return None
    indices = tensor_of(entries[0], symbol.context, at)
    if indices is None or not indices.known or not indices.tensor.dtype.startswith("int"):
        return None
    return operate(symbol.context, "getitem", [Part(GivenEmbedding())], [indices, symbol], at)[0]


def _spread(entries: list[object], symbol: Symbol, at: At) -> list[object]:
    """The ellipsis written out."""
    counted = sum([one is not None and one is not Ellipsis for one in entries])
    if counted > symbol.rank:
        raise RuleError(
            f"{counted} axes are indexed, {symbol.shown()} has {symbol.rank}",
            line=at.line,
            hint="the batch is an axis too: x[:, i] is place i of every example",
        )
    places = [index for index, one in enumerate(entries) if one is Ellipsis]
    if not places:
        return entries
    first = places[0]
    filler: list[object] = [slice(None)] * (symbol.rank - counted)
    return [*entries[:first], *filler, *entries[first + 1 :]]


def _cut(entry: object, size: Dim) -> Cut | None:
    """An index or a range as the kind has it; None for what it does not have."""
    if type(entry) is Array and type(entry.number) is int:
        return entry.number
    if type(entry) is int:
        return entry
    if type(entry) is not slice:
        return None
    start, stop = _bound(entry.start, size, True), _bound(entry.stop, size, False)
    step = entry.step
    if start is False or stop is False or not (step is None or type(step) is int):
        return None
    return (start, stop, step)


def _bound(value: object, size: Dim, first: bool) -> int | bool | None:
    """A start or stop; False when it is neither a number nor counted from the end."""
    if value is None or type(value) is int:
        return value
    if type(value) is Array and type(value.number) is int:
        return value.number
    if type(value) is not Size:
        return False
    behind = value.dim - size
    if type(behind) is not int:
        return False
    if behind < 0:
        return behind
    return False if first else None


def assign_item(symbol: Symbol, index: object, value: object, at: At) -> None:
    """`x[index] = value`: from now on the tensor is one in which part is another's."""
    context = symbol.context
    cuts = _cuts(symbol, index, at) if symbol.known else None
    number = plain_number(value)
    values = tensor_of(value, context, at) if number is None else None
    known = number is not None or (values is not None and values.known)
    if cuts is None or not known:
        fed = [symbol, *tensors_in([index, value])]
        symbol.replace(unknown_operation(context, "setitem", fed, at).value())
        return
    given = [symbol] if values is None else [symbol, values]
    operate(context, "setitem", [Part(Assign(cuts, number))], given, at, in_place=True)


def _cuts(symbol: Symbol, index: object, at: At) -> tuple[Cut, ...] | None:
    """An index of numbers and ranges; None for all others."""
    entries = _spread(list(index) if type(index) is tuple else [index], symbol, at)
    cuts = [
        None if one is None else _cut(one, size)
        for one, size in zip(entries, symbol.dims, strict=False)
    ]
    found = tuple([cut for cut in cuts if cut is not None])
    return found if len(found) == len(entries) else None


def elements(symbol: Symbol, at: At) -> Iterator[object] | Unknown:
    """The parts along the first axis, where its size is known."""
    if not symbol.known:
        return Unknown("the elements of a tensor of unknown shape", at.line)
    if not symbol.rank:
        raise RuleError(
            "a tensor without axes has no elements", line=at.line, hint="it is a single number"
        )
    size = symbol.dims[0]
    if type(size) is not int:
        return Unknown(f"the elements of a tensor whose first axis is {size}", at.line)
    call = Call(symbol.context, "unbind", {"input": symbol}, at)
    return iter(call.each([Slice((place,)) for place in range(size)], symbol))
