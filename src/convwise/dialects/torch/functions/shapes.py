"""Functions that show the same values under other axes: view, reshape, permute, expand, flip."""

from __future__ import annotations

from typing import Final

from convwise.dialects.torch.functions.call import Call, listed
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.table.core import unflatten_parts
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE, FREE_BATCH
from convwise.graph.dims import Dim
from convwise.graph.dims import product as product_of
from convwise.kinds.broadcast import Broadcast
from convwise.kinds.contract import Kind
from convwise.kinds.fold import SlidingWindows
from convwise.kinds.reshape import Reshape
from convwise.kinds.slicing import Repeat
from convwise.kinds.views import Flatten, Identity, Permute, Squeeze, Unsqueeze


def reshaped(call: Call, symbol: Symbol, dims: tuple[Dim, ...]) -> Symbol:
    """The values under other sizes, the batch among them."""
    roles: tuple[str | None, ...] = ()
    if len(dims) == 2:
        roles = (None, FEATURE)
    if not dims:
        return _number(call, symbol)
    if not symbol.rank:
        symbol = call.run(Unsqueeze(0), symbol)
    found: Symbol = call.run(Reshape(dims, roles, with_batch=True), symbol)
    return found


def _number(call: Call, symbol: Symbol) -> Symbol:
    """`view(())`: a tensor of one value loses its axes."""
    found: Symbol = call.run(Squeeze(tuple(range(symbol.rank))), symbol)
    return found


def _view(call: Call) -> object:
    symbol = call.tensor()
    shape = call.get("shape", ())
    if type(shape) is str:
        from convwise.dialects.torch.functions.elementwise import cast

        return cast(call, symbol, shape)
    return reshaped(call, symbol, call.sizes())


def _view_as(call: Call) -> object:
    return reshaped(call, call.tensor(), call.tensor("other").dims)


def _flatten(call: Call) -> object:
    symbol = call.tensor()
    rank = symbol.rank
    if not rank:
        return call.run(Unsqueeze(0), symbol)
    start = call.place(call.get("start_dim", 0), rank)
    end = call.place(call.get("end_dim", -1), rank)
    return call.run(Flatten(start, end), symbol)


def _unflatten(call: Call) -> object:
    symbol = call.tensor()
    place = call.place(call.get("dim"), symbol.rank)
    dims = list(symbol.dims)
    sizes = call.sizes("sizes")
    if -1 in sizes:
        known = product_of([one for one in sizes if one != -1])
        sizes = tuple([dims[place] // known if one == -1 else one for one in sizes])
    if all(type(one) is int for one in (*sizes, dims[place])):
        parts = unflatten_parts(place, sizes, (symbol.tensor,))  # type: ignore[arg-type]
        return call.add(parts, (symbol,))[0]
    if product_of(sizes) != dims[place]:
        raise RuleError(f"sizes {sizes} do not hold {dims[place]} values")
    dims[place : place + 1] = sizes
    return call.run(Reshape(tuple(dims), (), with_batch=True), symbol)


def _permute(call: Call) -> object:
    symbol = call.tensor()
    order = call.places("dim", symbol.rank)
    return call.run(Permute(order), symbol)


def swapped(call: Call, symbol: Symbol, one: int, two: int) -> Symbol:
    order = list(range(symbol.rank))
    order[one], order[two] = order[two], order[one]
    found: Symbol = call.run(Permute(tuple(order)), symbol)
    return found


def _transpose(call: Call) -> object:
    symbol = call.tensor()
    places = [call.place(call.get(name), symbol.rank) for name in ("dim0", "dim1")]
    return swapped(call, symbol, *places)


def _t(call: Call) -> object:
    symbol = call.tensor()
    if symbol.rank > 2:
        raise RuleError(
            f"t() takes a tensor with at most 2 axes, {symbol.shown()} has {symbol.rank}",
            hint="name the axes: x.transpose(-2, -1)",
        )
    return swapped(call, symbol, 0, 1) if symbol.rank == 2 else symbol


def _movedim(call: Call) -> object:
    symbol = call.tensor()
    sources = call.places("source", symbol.rank)
    targets = call.places("destination", symbol.rank)
    if len(sources) != len(targets):
        raise RuleError(f"{len(sources)} axes are moved to {len(targets)} places")
    moved = dict(zip(targets, sources, strict=True))
    rest = iter([one for one in range(symbol.rank) if one not in sources])
    order = [moved[place] if place in moved else next(rest) for place in range(symbol.rank)]
    return call.run(Permute(tuple(order)), symbol)


def _squeeze(call: Call) -> object:
    """Axes that are not of size 1 stay, as PyTorch lets them."""
    symbol = call.tensor()
    wanted = call.get("dim")
    places = range(symbol.rank) if wanted is None else call.places("dim", symbol.rank)
    gone = tuple([place for place in places if symbol.dims[place] == 1])
    return call.run(Squeeze(gone) if gone else Identity(), symbol)


def _unsqueeze(call: Call) -> object:
    symbol = call.tensor()
    place = call.place(call.get("dim"), symbol.rank + 1)
    return call.run(Unsqueeze(place, BATCH if _lone(symbol, place) else None), symbol)


def _lone(symbol: Symbol, place: int) -> bool:
    """A batch of one around an example."""
    return place == 0 and BATCH not in symbol.tensor.roles


def expanded(call: Call, symbol: Symbol, wanted: tuple[Dim, ...]) -> Symbol:
    """Axes of size 1 shown as larger ones, new ones in front; -1 keeps an axis."""
    extra = len(wanted) - symbol.rank
    if extra < 0:
        raise RuleError(
            f"{call.name} names {len(wanted)} sizes, {symbol.shown()} has {symbol.rank} axes",
            hint="name one size per axis; -1 keeps it",
        )
    kinds: list[Kind] = [Unsqueeze(0) for _ in range(extra)]
    dims = ((1,) * extra) + symbol.dims
    sizes: list[Dim | None] = [None] * len(wanted)
    for place, (old, new) in enumerate(zip(dims, wanted, strict=True)):
        if new == -1 or new == old:
            continue
        if old != 1:
            raise RuleError(
                f"axis {place} has {old} values and cannot be expanded to {new}",
                hint="only axes of size 1 can be expanded; x.repeat copies values",
            )
        sizes[place] = new
    if any(size is not None for size in sizes):
        kinds.append(Broadcast(tuple(sizes)))
    return _with_batch(call, symbol, kinds, dims, wanted)


def _with_batch(
    call: Call, symbol: Symbol, kinds: list[Kind], dims: tuple[Dim, ...], wanted: tuple[Dim, ...]
) -> Symbol:
    """An axis that grows to the batch's size is the batch."""
    batch = wanted and wanted[0] == FREE_BATCH and dims[0] == 1
    view = None
    if batch and len(dims) == symbol.rank:
        view = (BATCH, *symbol.tensor.roles[1:])
        if BATCH in view[1:]:
            view = None
    elif batch:
        kinds[len(dims) - symbol.rank - 1] = Unsqueeze(0, BATCH)
    found: Symbol = call.run(kinds or Identity(), symbol, view=view)
    return found


def _expand(call: Call) -> object:
    symbol = call.tensor()
    return expanded(call, symbol, call.sizes())


def _expand_as(call: Call) -> object:
    return expanded(call, call.tensor(), call.tensor("other").dims)


def _repeat(call: Call) -> object:
    """Copies along axes, new ones in front."""
    symbol = call.tensor()
    counts = call.sizes("repeats")
    extra = len(counts) - symbol.rank
    if extra < 0:
        raise RuleError(
            f"{call.name} names {len(counts)} counts, {symbol.shown()} has {symbol.rank} axes",
            hint="name one count per axis; 1 keeps it",
        )
    kinds: list[Kind] = [Unsqueeze(0) for _ in range(extra)]
    dims = ((1,) * extra) + symbol.dims
    wanted = tuple([old * new for old, new in zip(dims, counts, strict=True)])
    for place, count in enumerate(counts):
        if count != 1:
            kinds.append(Repeat(count, axis=place))  # type: ignore[arg-type]
    return _with_batch(call, symbol, kinds, dims, wanted)


def _tile(call: Call) -> object:
    symbol = call.tensor()
    counts = call.sizes("repeats")
    call.given["repeats"] = [1] * (symbol.rank - len(counts)) + listed(call.get("repeats"))
    return _repeat(call)


def _repeat_interleave(call: Call) -> object:
    symbol = call.tensor()
    count = call.get("repeats")
    if type(count) is not int:
        return call.unknown()
    if call.get("dim") is None:
        return call.run([Flatten(0), Repeat(count, axis=0, interleaved=True)], symbol)
    place = call.place(call.get("dim"), symbol.rank)
    return call.run(Repeat(count, axis=place, interleaved=True), symbol)


def _windows(call: Call) -> object:
    """`x.unfold(1, size, step)`: windows along an axis, on a new last one."""
    symbol = call.tensor()
    place = call.place(call.get("dimension"), symbol.rank)
    return call.run(SlidingWindows(place, call.integer("size"), call.integer("step")), symbol)


def _same(call: Call) -> object:
    """The same values in other memory, or in the same."""
    return call.tensor()


def _atleast(rank: int) -> tuple[str, object]:
    def run(call: Call) -> object:
        symbol = call.tensor()
        missing = rank - symbol.rank
        return call.run([Unsqueeze(0)] * missing, symbol) if missing > 0 else symbol

    return "input", run


def _clone(call: Call) -> object:
    """The same values as a tensor of its own: what is written into it later is not in the first."""
    found = call.tensor()
    return Symbol(call.context, found.value())


def _detached(call: Call) -> object:
    """The same values, of which no gradient goes back."""
    recording = call.context.recording
    recording.without_gradient += 1
    try:
        return call.run(Identity(), call.tensor())
    finally:
        recording.without_gradient -= 1


_SAME: Final = (
    "contiguous cpu cuda retain_grad positive pin_memory share_memory "
    "resolve_conj resolve_neg requires_grad_"
)

FUNCTIONS: Final = {
    "detach": ("input", _detached),
    "clone": ("input *rest", _clone),
    "view": ("input *shape", _view),
    "reshape": ("input *shape", _view),
    "view_as": ("input other", _view_as),
    "reshape_as": ("input other", _view_as),
    "flatten": ("input start_dim end_dim", _flatten),
    "ravel": ("input", _flatten),
    "unflatten": ("input dim sizes", _unflatten),
    "permute": ("input *dim", _permute),
    "transpose": ("input dim0 dim1", _transpose),
    "swapaxes": ("input dim0 dim1", _transpose),
    "swapdims": ("input dim0 dim1", _transpose),
    "t": ("input", _t),
    "movedim": ("input source destination", _movedim),
    "moveaxis": ("input source destination", _movedim),
    "squeeze": ("input dim", _squeeze),
    "unsqueeze": ("input dim", _unsqueeze),
    "expand": ("input *shape", _expand),
    "broadcast_to": ("input shape", _expand),
    "expand_as": ("input other", _expand_as),
    "repeat": ("input *repeats", _repeat),
    "tile": ("input *repeats", _tile),
    "repeat_interleave": ("input repeats dim output_size", _repeat_interleave),
    "unfold": ("input dimension size step", _windows),
    "atleast_1d": _atleast(1),
    "atleast_2d": _atleast(2),
    **dict.fromkeys(_SAME.split(), ("input *rest", _same)),
}
