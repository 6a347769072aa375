"""Functions that reduce axes: mean, sum, max, var, norm, softmax's sums."""

from __future__ import annotations

from typing import Final

from convwise.dialects.python.values import Unknown
from convwise.dialects.torch.functions.call import Call
from convwise.dialects.torch.functions.elementwise import combined
from convwise.dialects.torch.functions.returned import Returned
from convwise.dialects.torch.symbols import Symbol
from convwise.kinds.reduce import OPS, Reduce
from convwise.kinds.unary import Unary


def reduced(call: Call, op: str, symbol: Symbol, dim: object) -> Symbol:
    """One reduction over the named axes, or over all."""
    rank = symbol.rank
    if dim is None or dim in ((), []):
        places = tuple(range(rank))
    else:
        places = call.places("dim", rank) if rank else ()
    if not places:
        return symbol
    keeps = call.flag("keepdim")
    if op == "var":
        squared: Symbol = call.run([Reduce("std", places, keeps), Unary("square")], symbol)
        return squared
    if op not in OPS:
        return call.unknown()
    found: Symbol = call.run(Reduce(op, places, keeps), symbol)
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
            dim = None
        call.given["dim"] = dim
        return reduced(call, op, call.tensor(), dim)

    return run


def _spread_and_mean(op: str) -> object:
    def run(call: Call) -> object:
        dim = call.get("dim")
        symbol = call.tensor()
        return (reduced(call, op, symbol, dim), reduced(call, "mean", symbol, dim))

    return run


def _extreme(op: str, pick: str) -> object:
    """Over all values; along one axis, with places; or of two tensors value by value."""

    def run(call: Call) -> object:
        symbol, dim = call.tensor(), call.get("dim")
        if type(dim) not in (int, type(None), bool):
            return combined(call, symbol, f"{op}imum", dim)
        other = call.get("other")
        if other is not None:
            return combined(call, symbol, f"{op}imum", other)
        values = reduced(call, op, symbol, dim)
        if dim is None:
            return values
        return Returned({"values": values, "indices": _places(call, pick)})

    return run


def _places(call: Call, word: str) -> Unknown:
    """Where the values were found: not known, and of no use in most networks."""
    return Unknown(f"the indices of `{call.name}` ({word})", call.at.line)


def _median(op: str) -> object:
    def run(call: Call) -> object:
        symbol, dim = call.tensor(), call.get("dim")
        values = reduced(call, op, symbol, dim)
        if dim is None:
            return values
        return Returned({"values": values, "indices": _places(call, op)})

    return run


def _logsumexp(call: Call) -> object:
    """exp, sum, log."""
    symbol = call.tensor()
    return call.run(
        [
            Unary("exp"),
            Reduce("sum", call.places("dim", symbol.rank), call.flag("keepdim")),
            Unary("log"),
        ],
        symbol,
    )


def _norm(call: Call) -> object:
    """The sum of powers, under a root: Euclid's norm, and that of absolute values."""
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
    return call.unknown()


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
    "count_nonzero": "count_nonzero",
}

FUNCTIONS: Final = {
    **{name: ("input dim keepdim", _reduction(op)) for name, op in _OPS.items()},
    **{name: ("input dim unbiased keepdim correction", _spread(name)) for name in ("std", "var")},
    "std_mean": ("input dim unbiased keepdim correction", _spread_and_mean("std")),
    "var_mean": ("input dim unbiased keepdim correction", _spread_and_mean("var")),
    "max": ("input dim keepdim other", _extreme("max", "argmax")),
    "min": ("input dim keepdim other", _extreme("min", "argmin")),
    "median": ("input dim keepdim", _median("median")),
    "mode": ("input dim keepdim", _median("mode")),
    "logsumexp": ("input dim keepdim", _logsumexp),
    "norm": ("input p dim keepdim", _norm),
    "vector_norm": ("input p dim keepdim", _norm),
}
