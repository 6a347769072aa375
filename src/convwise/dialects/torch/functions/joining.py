"""Functions that join tensors and take them apart: cat, stack, split, chunk, unbind."""

from __future__ import annotations

from typing import Final

from convwise.dialects.torch.functions.call import Call
from convwise.dialects.torch.symbols import Symbol
from convwise.errors import RuleError
from convwise.graph.dims import Dim
from convwise.kinds.merge import Concatenate, Stack
from convwise.kinds.slicing import Cut, Slice
from convwise.kinds.views import Identity

_WHOLE: Cut = (None, None, None)


def _cat(call: Call) -> object:
    symbols = call.tensors()
    return _joined(call, symbols, call.place(call.get("dim", 0), symbols[0].rank))


def _joined(call: Call, symbols: list[Symbol], place: int) -> object:
    if len(symbols) == 1:
        return call.run(Identity(), symbols[0])
    return call.run(Concatenate(place), *symbols)


def _stack(call: Call) -> object:
    symbols = call.tensors()
    return call.run(Stack(call.place(call.get("dim", 0), symbols[0].rank + 1)), *symbols)


def _hstack(call: Call) -> object:
    symbols = call.tensors()
    return _joined(call, symbols, 0 if symbols[0].rank == 1 else 1)


def _vstack(call: Call) -> object:
    symbols = call.tensors()
    if symbols[0].rank == 1:
        return call.run(Stack(0), *symbols)
    return _joined(call, symbols, 0)


def _dstack(call: Call) -> object:
    symbols = call.tensors()
    return call.unknown() if symbols[0].rank < 3 else _joined(call, symbols, 2)


def pieces(call: Call, symbol: Symbol, place: int, ends: list[int]) -> tuple[Symbol, ...]:
    """Parts of one axis, each from the end of the one before."""
    whole = (_WHOLE,) * place
    starts = [0, *ends[:-1]]
    kinds = [Slice((*whole, (start, stop, None))) for start, stop in zip(starts, ends, strict=True)]
    return call.each(kinds, symbol)


def _known_size(call: Call, symbol: Symbol, place: int) -> int | None:
    size = symbol.dims[place]
    return size if type(size) is int else None


def _split(call: Call) -> object:
    """Parts of a given size, the last one smaller, or of given sizes."""
    symbol = call.tensor()
    place = call.place(call.get("dim", 0), symbol.rank)
    given = call.get("split_size_or_sections")
    if type(given) in (list, tuple):
        return _by_sizes(call, symbol, place, call.sizes("split_size_or_sections"))
    size = _known_size(call, symbol, place)
    step = call.dim(given)
    if step == symbol.dims[place]:
        return (call.run(Identity(), symbol),)
    if size is None or type(step) is not int:
        return call.unknown()
    if step < 1:
        raise RuleError(f"{call.name} into parts of {step} values")
    return pieces(call, symbol, place, [*range(step, size, step), size])


def _by_sizes(call: Call, symbol: Symbol, place: int, sizes: tuple[Dim, ...]) -> object:
    ends: list[int] = []
    total: Dim = 0
    for one in sizes:
        total = total + one
        if type(total) is int:
            ends.append(total)
    if total != symbol.dims[place]:
        shown = ", ".join([str(one) for one in sizes])
        raise RuleError(
            f"{call.name} into [{shown}] needs {total} values, axis {place} of {symbol.shown()} "
            f"has {symbol.dims[place]}",
            hint="the sizes of the parts add up to the size of the axis",
        )
    return pieces(call, symbol, place, ends) if len(ends) == len(sizes) else call.unknown()


def _chunk(call: Call) -> object:
    """At most so many parts, all as large as the first but perhaps the last."""
    symbol = call.tensor()
    place = call.place(call.get("dim", 0), symbol.rank)
    count = call.integer("chunks")
    size = _known_size(call, symbol, place)
    if count < 1:
        raise RuleError(f"{call.name} into {count} parts")
    if size is None:
        return call.unknown()
    step = -(-size // count)
    return pieces(call, symbol, place, [*range(step, size, step), size])


def _tensor_split(call: Call) -> object:
    """So many parts, the first ones larger by one where it does not divide; or cut at places."""
    symbol = call.tensor()
    place = call.place(call.get("dim", 0), symbol.rank)
    given = call.get("indices_or_sections")
    size = _known_size(call, symbol, place)
    if size is None:
        return call.unknown()
    if type(given) in (list, tuple):
        if not all(type(one) is int and 0 <= one <= size for one in given):
            return call.unknown()
        return pieces(call, symbol, place, [*given, size])
    count = call.integer("indices_or_sections")
    if count < 1:
        raise RuleError(f"{call.name} into {count} parts")
    each, rest = divmod(size, count)
    ends = [each * (n + 1) + min(n + 1, rest) for n in range(count)]
    return pieces(call, symbol, place, ends)


def _unbind(call: Call) -> object:
    symbol = call.tensor()
    place = call.place(call.get("dim", 0), symbol.rank)
    size = _known_size(call, symbol, place)
    if size is None:
        return call.unknown()
    whole = (_WHOLE,) * place
    return call.each([Slice((*whole, index)) for index in range(size)], symbol)


FUNCTIONS: Final = {
    "cat": ("tensors dim", _cat),
    "concat": ("tensors dim", _cat),
    "concatenate": ("tensors dim", _cat),
    "stack": ("tensors dim", _stack),
    "hstack": ("tensors", _hstack),
    "column_stack": ("tensors", _hstack),
    "vstack": ("tensors", _vstack),
    "row_stack": ("tensors", _vstack),
    "dstack": ("tensors", _dstack),
    "split": ("input split_size_or_sections dim", _split),
    "split_with_sizes": ("input split_size_or_sections dim", _split),
    "chunk": ("input chunks dim", _chunk),
    "tensor_split": ("input indices_or_sections dim", _tensor_split),
    "unbind": ("input dim", _unbind),
}
