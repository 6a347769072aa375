"""Batch normalisation out of tf.nn.moments and tf.nn.batch_normalization."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras.arithmetic import binary
from convwise.dialects.keras.blocks import flat
from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.calling import named
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.tensorflow1.inputs import tensor_of
from convwise.dialects.tensorflow1.tape import Body, Tape, Variable
from convwise.kinds.layer_normalization import LayerNorm
from convwise.kinds.normalization import BatchNorm, InstanceNorm
from convwise.kinds.reduce import Reduce
from convwise.kinds.unary import Unary
from convwise.kinds.views import Identity

Arguments = dict[str, Any]


def _moments(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.moments(x, axes)`: mean and variance, remembered for what normalises with them."""
    said = named(args, kwargs, "x axis shift name keepdims")
    symbol = tensor_of(tape, said.get("x"), "moments", at)
    axes = flat(said.get("axis"))
    if not symbol.known or not all(type(one) is int for one in axes):
        return [unknown_operation(tape.context, "moments", [symbol], at) for _ in range(2)]
    places = tuple(sorted([symbol.tensor.locate(one) for one in axes]))  # type: ignore[arg-type]
    keep = bool(said.get("keepdims"))
    found = [
        operate(tape.context, "Moments", [Part(Reduce(op, places, keep))], [symbol], at)[0]
        for op in ("mean", "var")
    ]
    for one in found:
        tape.moments[one.value().node] = (symbol.value(), places)
    return found


def _batch_normalization(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.batch_normalization(x, mean, variance, offset, scale, variance_epsilon)`."""
    said = named(args, kwargs, "x mean variance offset scale variance_epsilon")
    symbol = tensor_of(tape, said.get("x"), "batch_normalization", at)
    epsilon = said.get("variance_epsilon")
    found = None
    if symbol.known and type(epsilon) in (int, float):
        found = _normalised(tape, symbol, said, float(epsilon), at)  # type: ignore[arg-type]
    return _written_out(tape, symbol, said, at) if found is None else found


def _learned(tape: Tape, said: Arguments) -> dict[str, Variable] | None:
    """The variables among scale and offset by the kinds' words; None where one is computed."""
    found = {}
    for word, role in (("scale", "gamma"), ("offset", "beta")):
        value = said.get(word)
        if value is None:
            continue
        variable = tape.variable_of(value)
        if variable is None or len(variable.shape) != 1:
            return None
        found[role] = variable
    return found


def _normalised(
    tape: Tape, symbol: Symbol, said: Arguments, epsilon: float, at: At
) -> Symbol | None:
    """The kind that mean and variance make of it; None when they are anything else."""
    learned = _learned(tape, said)
    if learned is None:
        return None
    statistics = [tape.variable_of(said.get(word)) for word in ("mean", "variance")]
    known = [one for one in statistics if one is not None and len(one.shape) == 1]
    last = symbol.rank - 1
    scaled, centred = "gamma" in learned, "beta" in learned
    if len(known) == 2:
        kind: Any = BatchNorm(last, scaled, centred, True, epsilon)
        learned = {**learned, "moving_mean": known[0], "moving_variance": known[1]}
        return _with(tape, kind, symbol, learned, at)
    axes = _measured(tape, symbol, said)
    if axes == tuple(range(last)):
        kind = BatchNorm(last, scaled, centred, False, epsilon)
    elif axes == tuple(range(1, last)) and symbol.rank > 2 and scaled == centred:
        kind = InstanceNorm(scaled, False, epsilon)
    elif axes == (last,):
        kind = LayerNorm((last,), scaled, centred, epsilon)
    else:
        return None
    return _with(tape, kind, symbol, learned, at)


def _measured(tape: Tape, symbol: Symbol, said: Arguments) -> tuple[int, ...] | None:
    """The axes over which this very tensor's mean and variance were taken."""
    found = []
    for word in ("mean", "variance"):
        value = said.get(word)
        if type(value) is not Symbol or value.pending is not None:
            return None
        found.append(tape.moments.get(_behind(tape, value)))
    if found[0] is None or found[0] != found[1] or found[0][0] != symbol.value():
        return None
    return found[0][1]


def _behind(tape: Tape, symbol: Symbol) -> int:
    """The node that made a tensor, behind tf.identity."""
    steps = tape.context.recording.steps
    node = symbol.value().node
    while type(steps[node].kind) is Identity:
        node = steps[node].inputs[0].node
    return node


def _with(tape: Tape, kind: Any, symbol: Symbol, by: dict[str, Variable], at: At) -> Symbol:
    return tape.weighted("BatchNorm", [Part(kind)], symbol, by, at)


def _written_out(tape: Tape, symbol: Symbol, said: Arguments, at: At) -> object:
    """The arithmetic: (x - mean) * rsqrt(variance + epsilon) * scale + offset, in one row."""
    with tape.one_row("BatchNorm", at):
        return _arithmetic(tape, symbol, said, at)


def _arithmetic(tape: Tape, symbol: Symbol, said: Arguments, at: At) -> object:
    variance = said.get("variance")
    epsilon = said.get("variance_epsilon")
    if type(variance) is not Symbol or type(epsilon) not in (int, float) or not symbol.known:
        fed = [one for one in said.values() if type(one) is Symbol]
        return unknown_operation(tape.context, "batch_normalization", fed or [symbol], at)
    parts = [Part(Unary("add", (float(epsilon),))), Part(Unary("rsqrt"))]  # type: ignore[arg-type]
    factor: Any = operate(tape.context, "Rsqrt", parts, [variance], at)[0]
    if said.get("scale") is not None:
        factor = binary(factor, "*", said["scale"], False, at)
    moved: Any = binary(symbol, "-", said.get("mean"), False, at)
    if type(moved) is Unknown or type(factor) is Unknown:
        return unknown_operation(tape.context, "batch_normalization", [symbol], at)
    made: Any = binary(moved, "*", factor, False, at)
    if said.get("offset") is not None and type(made) is Symbol:
        made = binary(made, "+", said["offset"], False, at)
    return made


def _fused(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.fused_batch_norm(x, scale, offset, mean, variance, epsilon, data_format, ...)`."""
    said = named(args, kwargs, "x scale offset mean variance epsilon data_format is_training")
    symbol = tensor_of(tape, said.get("x"), "fused_batch_norm", at)
    learned = _learned(tape, said)
    first = str(said.get("data_format")).startswith("NC")
    epsilon = said.get("epsilon", 1e-3)
    if learned is None or not symbol.known or type(epsilon) not in (int, float):
        made: Any = unknown_operation(tape.context, "fused_batch_norm", [symbol], at)
        return [made, made, made]
    statistics = {
        f"moving_{word}": tape.variable_of(said.get(word)) for word in ("mean", "variance")
    }
    known = {role: one for role, one in statistics.items() if one is not None}
    place = 1 if first else symbol.rank - 1
    kind = BatchNorm(place, "gamma" in learned, "beta" in learned, len(known) == 2, epsilon)
    made = _with(tape, kind, symbol, {**learned, **(known if len(known) == 2 else {})}, at)
    word = "the statistics of a batch"
    return [made, Unknown(word, at.line), Unknown(word, at.line)]


NORMALISING: Final[dict[str, tuple[str, Body]]] = {
    "moments": ("moments", _moments),
    "batch_normalization": ("batchnorm", _batch_normalization),
    "fused_batch_norm": ("FusedBatchNorm", _fused),
}
