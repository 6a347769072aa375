"""Functions that reduce axes: mean, sum, max, var, norm, softmax's sums."""

from __future__ import annotations

from typing import Final

from convwise.dialects.python.parameters import Part
from convwise.dialects.torch.functions.call import Call, plain_number
from convwise.dialects.torch.functions.elementwise import combined
from convwise.dialects.torch.functions.returned import Returned
from convwise.dialects.torch.symbols import Symbol
from convwise.kinds.contract import Kind
from convwise.kinds.ranking import Extreme, Sort, TopK
from convwise.kinds.reduce import OPS, Reduce
from convwise.kinds.running import Running
from convwise.kinds.unary import Unary
from convwise.kinds.views import Flatten


def reduced(call: Call, op: str, symbol: Symbol, dim: object, correction: int = 0) -> Symbol:
    """One reduction over the named axes, or over all."""
    rank = symbol.rank
    if dim is None or dim in ((), []):
        places = tuple(range(rank))
    else:
        places = call.places("dim", rank) if rank else ()
    if not places:
        return symbol
    keeps = call.flag("keepdim")
    if op not in OPS:
        return call.unknown()
    found: Symbol = call.run(Reduce(op, places, keeps, correction), symbol)
    return found


def _reduction(op: str) -> object:
    def run(call: Call) -> object:
        return reduced(call, op, call.tensor(), call.get("dim"))

    return run


def _spread(op: str) -> object:
    """std and var; their second positional argument may be `unbiased`."""

    def run(call: Call) -> object:
        dim = call.get("dim")
        if type(dim) is bool:
            call.given["unbiased"], dim = dim, None
        call.given["dim"] = dim
        return reduced(call, op, call.tensor(), dim, _correction(call))

    return run


def _correction(call: Call) -> int:
    """How many less than there are values a variance divides by: one, when not said otherwise."""
    if call.get("correction") is not None:
        return call.integer("correction")
    return 0 if call.get("unbiased") is False else 1


def _spread_and_mean(op: str) -> object:
    def run(call: Call) -> object:
        dim = call.get("dim")
        symbol = call.tensor()
        spread = reduced(call, op, symbol, dim, _correction(call))
        return (spread, reduced(call, "mean", symbol, dim))

    return run


def _extreme(op: str) -> object:
    """Over all values; along one axis, with places; or of two tensors value by value."""

    def run(call: Call) -> object:
        symbol, dim = call.tensor(), call.get("dim")
        if type(dim) not in (int, type(None), bool):
            return combined(call, symbol, f"{op}imum", dim)
        other = call.get("other")
        if other is not None:
            return combined(call, symbol, f"{op}imum", other)
        return _ranked(call, op, symbol, dim)

    return run


def _ranked(call: Call, op: str, symbol: Symbol, dim: object) -> object:
    """Over all values one of them; along an axis the values and where they stood."""
    if dim is None:
        if op in ("max", "min"):
            return reduced(call, op, symbol, dim)
        flat = [Part(Flatten(0))] if symbol.rank > 1 else []
        return call.add([*flat, Part(Extreme(op, 0))], [symbol])[0] if symbol.rank else symbol
    if not symbol.rank:
        return call.unknown()
    place = call.place(dim, symbol.rank)
    return _named(*_pair(call, Extreme(op, place, call.flag("keepdim")), symbol))


def _pair(call: Call, kind: Kind, symbol: Symbol) -> tuple[Symbol, Symbol]:
    values, places = call.add([Part(kind)], [symbol])
    return values, places


def _named(values: Symbol, places: Symbol) -> Returned:
    return Returned({"values": values, "indices": places})


def _median(op: str) -> object:
    """`mode` is along the last axis where none is named."""

    def run(call: Call) -> object:
        dim = call.get("dim", -1 if op == "mode" else None)
        return _ranked(call, op, call.tensor(), dim)

    return run


def _kth(call: Call) -> object:
    symbol = call.tensor()
    place = call.place(call.get("dim", -1), symbol.rank)
    kind = Extreme("kth", place, call.flag("keepdim"), call.integer("k"))
    return _named(*_pair(call, kind, symbol))


def _topk(call: Call) -> object:
    symbol = call.tensor()
    place = call.place(call.get("dim", -1), symbol.rank)
    kind = TopK(call.dim(call.get("k"), "k"), place, call.get("largest", True) is not False)
    return _named(*_pair(call, kind, symbol))


def _sorted(call: Call) -> Returned:
    symbol = call.tensor()
    place = call.place(call.get("dim", -1), symbol.rank)
    return _named(*_pair(call, Sort(place, call.flag("descending")), symbol))


def _argsorted(call: Call) -> object:
    return _sorted(call).fields["indices"]


def _running(op: str) -> object:
    def run(call: Call) -> object:
        symbol = call.tensor()
        found = call.add([Part(Running(op, call.place(call.get("dim"), symbol.rank)))], [symbol])
        return _named(*found) if len(found) > 1 else found[0]

    return run


def _norm(call: Call) -> object:
    """The sum of powers of absolute values, under a root; at infinity their largest."""
    symbol = call.tensor()
    order = call.get("p", 2)
    dim = call.get("dim")
    places = tuple(range(symbol.rank)) if dim is None else call.places("dim", symbol.rank)
    keeps = call.flag("keepdim")
    if order in (2, "fro", None):
        return call.run([Unary("square"), Reduce("sum", places, keeps), Unary("sqrt")], symbol)
    if order == 1:
        return call.run([Unary("abs"), Reduce("sum", places, keeps)], symbol)
    if order == float("inf"):
        return call.run([Unary("abs"), Reduce("max", places, keeps)], symbol)
    if order == -float("inf"):
        return call.run([Unary("abs"), Reduce("min", places, keeps)], symbol)
    power = plain_number(order)
    if not power:
        return call.unknown()
    summed = [Unary("abs"), Unary("power", (power,)), Reduce("sum", places, keeps)]
    return call.run([*summed, Unary("power", (1 / power,))], symbol)


_OPS: Final[dict[str, str]] = {
    "mean": "mean",
    "nanmean": "mean",
    "sum": "sum",
    "nansum": "sum",
    "amax": "max",
    "amin": "min",
    "prod": "prod",
    "any": "any",
    "all": "all",
    "argmax": "argmax",
    "argmin": "argmin",
    "count_nonzero": "count",
    "logsumexp": "logsumexp",
}

FUNCTIONS: Final = {
    **{name: ("input dim keepdim", _reduction(op)) for name, op in _OPS.items()},
    **{name: ("input dim unbiased keepdim correction", _spread(name)) for name in ("std", "var")},
    "std_mean": ("input dim unbiased keepdim correction", _spread_and_mean("std")),
    "var_mean": ("input dim unbiased keepdim correction", _spread_and_mean("var")),
    "max": ("input dim keepdim other", _extreme("max")),
    "min": ("input dim keepdim other", _extreme("min")),
    "median": ("input dim keepdim", _median("median")),
    "mode": ("input dim keepdim", _median("mode")),
    "kthvalue": ("input k dim keepdim", _kth),
    "topk": ("input k dim largest sorted", _topk),
    "sort": ("input dim descending stable", _sorted),
    "argsort": ("input dim descending stable", _argsorted),
    "cumsum": ("input dim", _running("sum")),
    "cumprod": ("input dim", _running("prod")),
    "cummax": ("input dim", _running("max")),
    "cummin": ("input dim", _running("min")),
    "logcumsumexp": ("input dim", _running("logsumexp")),
    "norm": ("input p dim keepdim", _norm),
    "vector_norm": ("input p dim keepdim", _norm),
}
