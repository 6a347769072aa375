"""Functions that take and put values at places that tensors name: gather, index_select, scatter."""

from __future__ import annotations

from typing import Final

from convwise.dialects.python.parameters import Part
from convwise.dialects.torch.functions.call import Call
from convwise.dialects.torch.functions.call import plain_number as number_of
from convwise.graph.axes import Axis, Tensor
from convwise.kinds.gathering import Gather, Pick, Scatter
from convwise.kinds.source import Constant
from convwise.kinds.views import Flatten, Unsqueeze


def _gather(call: Call) -> object:
    symbol = call.tensor()
    place = call.place(call.get("dim"), symbol.rank)
    return call.run(Gather(place), symbol, call.tensor("index"))


def _along(call: Call) -> object:
    """Both may be repeated along axes of size 1, which `gather` does not do."""
    symbol, index = call.tensor(), call.tensor("indices")
    if call.get("dim") is None:
        return call.unknown()
    place = call.place(call.get("dim"), symbol.rank)
    same = index.rank == symbol.rank and all(
        one == other
        for axis, (one, other) in enumerate(zip(symbol.dims, index.dims, strict=True))
        if axis != place
    )
    return call.run(Gather(place), symbol, index) if same else call.unknown()


def _select(call: Call) -> object:
    symbol = call.tensor()
    place = call.place(call.get("dim"), symbol.rank)
    return call.run(Pick((place,)), symbol, call.tensor("index"))


def _take(call: Call) -> object:
    """Of all values in a row."""
    symbol = call.tensor()
    flat = call.run(Flatten(0), symbol) if symbol.rank > 1 else symbol
    return call.run(Pick((0,)), flat, call.tensor("index"))


#: What `reduce` says -> how values are joined.
_REDUCTIONS: Final = {
    "add": "add",
    "sum": "add",
    "multiply": "prod",
    "prod": "prod",
    "mean": "mean",
    "amax": "max",
    "amin": "min",
}


def _scatter(op: str) -> object:
    def run(call: Call) -> object:
        symbol = call.tensor()
        place = call.place(call.get("dim"), symbol.rank)
        word = call.get("reduce")
        joined = op if word is None else _REDUCTIONS.get(word, "")
        name = next((one for one in ("src", "source", "value") if one in call.given), "src")
        number = number_of(call.get(name))
        if number is not None and joined == "set":
            return call.run(Scatter(place, "set", number), symbol, call.tensor("index"))
        if number is not None or not joined or call.number("alpha", 1.0) != 1.0:
            return call.unknown()
        return call.run(Scatter(place, joined), symbol, call.tensor("index"), call.tensor(name))

    return run


def _one_hot(call: Call) -> object:
    """Zeros, and a one at the place that each index names on a new last axis."""
    symbol = call.tensor()
    depth = call.get("num_classes", -1)
    if type(depth) is not int or depth < 1:
        # As many places as the largest index: it is in the data.
        return call.unknown()
    axes = (*symbol.tensor.axes, Axis(None, depth))
    zeros = call.add([Part(Constant(Tensor(axes, "int64")))], [])[0]
    places = call.run(Unsqueeze(symbol.rank), symbol)
    return call.run(Scatter(symbol.rank, "set", 1.0), zeros, places)


FUNCTIONS: Final = {
    "one_hot": ("input num_classes", _one_hot),
    "gather": ("input dim index", _gather),
    "take_along_dim": ("input indices dim", _along),
    "index_select": ("input dim index", _select),
    "take": ("input index", _take),
    "scatter": ("input dim index src reduce value", _scatter("set")),
    "scatter_add": ("input dim index src", _scatter("add")),
    "scatter_reduce": ("input dim index src reduce include_self", _scatter("add")),
    "index_add": ("input dim index source alpha", _scatter("add")),
    "index_copy": ("input dim index source", _scatter("set")),
    "index_fill": ("input dim index value", _scatter("set")),
    "index_reduce": ("input dim index source reduce include_self", _scatter("add")),
}
