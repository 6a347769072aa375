"""Attributes and methods of symbolic tensors."""

from __future__ import annotations

from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.functions import Function
from convwise.dialects.python.sizes import TensorShape
from convwise.dialects.python.values import At, Missing, Unknown

_METHODS = {
    "reshape": "reshape",
    "sum": "sum",
    "mean": "mean",
    "max": "max",
    "min": "min",
    "transpose": "transpose",
    "astype": "cast",
    "squeeze": "squeeze",
    "flatten": "ravel",
}


def member(symbol: Symbol, name: str, at: At) -> object:
    """`x.shape`, `x._keras_shape`, `x.get_shape()`, `x.dtype`, `x.name`; Missing otherwise."""
    if name in ("shape", "_keras_shape"):
        return _shape(symbol, at)
    if name == "get_shape":
        return Function(name, lambda args, kwargs, at: TensorShape(symbol.shape))
    if name == "set_shape":
        return Function(name, lambda args, kwargs, at: None)
    if name in ("ndim", "rank"):
        return symbol.rank if symbol.known else Unknown("the rank of an unknown tensor", at.line)
    if name == "dtype":
        return symbol.tensor.dtype if symbol.pending is None else symbol.pending.dtype
    if name == "name":
        return f"{_row_name(symbol)}:0"
    if name in ("numpy", "as_list"):
        return Function(name, lambda args, kwargs, at: symbol)
    if name == "_keras_history":
        return (_maker(symbol), 0, 0)
    if name in _METHODS:
        return _method(symbol, _METHODS[name])
    raise Missing(name)


def _shape(symbol: Symbol, at: At) -> object:
    if not symbol.known:
        return Unknown("the shape of an unknown tensor", at.line)
    return TensorShape(symbol.shape)


def _row_name(symbol: Symbol) -> str:
    recording = symbol.context.recording
    if symbol.pending is not None:
        return str(symbol.pending.layer.name)
    return recording.rows[recording.steps[symbol.value().node].row].name


def _maker(symbol: Symbol) -> object:
    """The layer that a tensor came out of."""
    recording = symbol.context.recording
    if symbol.pending is not None:
        return symbol.pending.layer
    call = recording.steps[symbol.value().node].call
    return recording.callers[call] if call >= 0 else Unknown("the layer of a tensor")


def _method(symbol: Symbol, function: str) -> Function:
    from convwise.dialects.keras.operations import run

    def called(args: list[object], kwargs: dict[str, object], at: At) -> object:
        return run(symbol.context, function, [symbol, *args], kwargs, at)

    return Function(function, called)
