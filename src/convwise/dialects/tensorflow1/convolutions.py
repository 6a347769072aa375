"""Convolutions of tf.nn: with variables as filters they are layers with weights."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras.arithmetic import operand
from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.calling import named
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.sizes import TensorShape
from convwise.dialects.python.values import At
from convwise.dialects.tensorflow1 import windows
from convwise.dialects.tensorflow1.inputs import tensor_of
from convwise.dialects.tensorflow1.tape import Body, Tape, Variable
from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.kinds.contract import Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.given_convolution import GivenConvolution, GivenTransposedConvolution
from convwise.kinds.transposed import TransposedConvolution
from convwise.kinds.views import Permute
from convwise.kinds.windows import VALID

Arguments = dict[str, Any]


def _said(args: list[Any], kwargs: Arguments, names: str) -> Arguments:
    found = named(args, kwargs, names)
    found.setdefault("filter", found.get("filters"))
    return found


def _filter(tape: Tape, said: Arguments, rank: int, name: str, at: At) -> Symbol:
    """The filters as a tensor of rank + 2 axes."""
    symbol = operand(tape.context, said.get("filter"), at)
    if symbol is None:
        raise RuleError(f"{name} needs its filter, a variable such as [5, 5, 1, 32]")
    if symbol.known and symbol.rank != rank + 2:
        raise RuleError(
            f"the filter of {name} must have {rank + 2} axes, found {symbol.shown()}",
            hint="(height, width, in, out) for conv2d",
        )
    return symbol


def _channels(symbol: Symbol, roles: Roles) -> Dim:
    return symbol.tensor.viewed(roles).dim(CHANNEL) if symbol.known else 0


def _groups(symbol: Symbol, roles: Roles, ends: list[int], name: str, kernel: Symbol) -> int:
    """How often the filters' channels go into those of the input; `ends`: in and out."""
    channels = _channels(symbol, roles)
    inward, filters = ends
    if type(channels) is not int or not symbol.known:
        return 1
    if inward < 1 or channels < 1 or channels % inward or filters % (channels // inward):
        raise RuleError(
            f"the input of {name} has {channels} channels, its filter {kernel.shown()} is for "
            f"{inward}",
            hint=f"the filter's last axis but one must be {channels}",
        )
    return channels // inward


def _steps(said: Arguments, roles: Roles, name: str) -> tuple[int, ...]:
    value = said.get("strides", said.get("stride"))
    if value is None:
        raise RuleError(f"{name} needs strides", hint="such as strides=[1, 1, 1, 1]")
    return windows.along_space(value, roles, "strides", name)


def _dilated(said: Arguments, roles: Roles, name: str) -> tuple[int, ...]:
    for word in ("dilations", "dilation_rate", "rate"):
        if said.get(word) is not None:
            return windows.along_space(said[word], roles, word, name)
    return (1,) * (len(roles) - 2)


def _convolution(rank: int, names: str) -> Body:
    name = f"conv{rank}d"

    def run(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
        said = _said(args, kwargs, names)
        roles = windows.view(said, rank)
        return convolved(tape, said, roles, (_steps(said, roles, name), name), at)

    return run


def convolved(
    tape: Tape, said: Arguments, roles: Roles, how: tuple[tuple[int, ...], str], at: At
) -> object:
    """The convolution of `said["x"]` with `said["filter"]`; `how`: strides, and the name."""
    steps, name = how
    rank = len(roles) - 2
    symbol = tensor_of(tape, said.get("x"), name, at)
    kernel = _filter(tape, said, rank, name, at)
    windows.must_have_rank(symbol, roles, name)
    if not kernel.known or not symbol.known:
        return unknown_operation(tape.context, name, [symbol, kernel], at)
    sizes = kernel.tensor.shape
    padding = windows.policy(said.get("padding"), roles, name)
    dilation = _dilated(said, roles, name)
    if not all(type(one) is int for one in sizes):
        return unknown_operation(tape.context, name, [symbol, kernel], at)
    whole: list[int] = [one for one in sizes if type(one) is int]
    if symbol.pending is not None:
        symbol.value(roles)
    groups = _groups(symbol, roles, whole[-2:], name, kernel)
    variable = tape.variable_of(kernel)
    window = tuple(whole[:-2])
    if variable is None:
        kind = GivenConvolution(window, steps, dilation, padding, groups)
        return _given(tape, kind, (symbol, kernel), roles, at)
    own = Convolution(window, whole[-1], steps, dilation, padding, "zeros", groups, 1, False)
    return tape.weighted("Convolution", [Part(own, (roles,))], symbol, {"kernel": variable}, at)


def _given(tape: Tape, kind: Kind, pair: tuple[Symbol, Symbol], roles: Roles, at: At) -> Symbol:
    """A filter that is computed: brought into the order that the kind takes, and slid."""
    symbol, kernel = pair
    rank = len(roles) - 2
    order = Part(Permute((rank + 1, rank, *range(rank))))
    with tape.one_row("Convolution", at):
        turned = operate(tape.context, "Transpose", [order], [kernel], at)[0]
        part = Part(kind, (roles, None))
        found: Symbol = operate(tape.context, "Convolution", [part], [symbol, turned], at)[0]
    return found


def _any_rank(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.convolution(input, filter, padding, strides, dilation_rate)`."""
    said = _said(args, kwargs, "x filter padding strides dilation_rate")
    symbol = tensor_of(tape, said.get("x"), "convolution", at)
    rank = symbol.rank - 2 if symbol.known else 2
    if rank not in (1, 2, 3):
        return unknown_operation(tape.context, "convolution", [symbol], at)
    roles = windows.view(said, rank)
    said.setdefault("strides", 1)
    return convolved(tape, said, roles, (_steps(said, roles, "convolution"), "convolution"), at)


def _atrous(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.atrous_conv2d(value, filters, rate, padding)`."""
    said = _said(args, kwargs, "x filter rate padding")
    return convolved(tape, said, windows.view({}, 2), ((1, 1), "atrous_conv2d"), at)


def _depthwise_kind(
    kernel: Symbol, said: Arguments, roles: Roles, name: str
) -> tuple[Convolution, int]:
    sizes: list[Any] = list(kernel.tensor.shape)
    dilation = _dilated(said, roles, name)
    padding = windows.policy(said.get("padding"), roles, name)
    steps = _steps(said, roles, name)
    multiplier = sizes[-1]
    kind = Convolution(
        tuple(sizes[:2]), None, steps, dilation, padding, "zeros", None, multiplier, False
    )
    return kind, sizes[-2]


def _must_take(symbol: Symbol, roles: Roles, inward: Any, name: str, kernel: Symbol) -> None:
    channels = _channels(symbol, roles)
    if type(channels) is int and symbol.known and channels != inward:
        raise RuleError(
            f"the input of {name} has {channels} channels, its filter {kernel.shown()} is for "
            f"{inward}",
            hint=f"the filter's third axis must be {channels}",
        )


def _depthwise(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.depthwise_conv2d(input, filter, strides, padding, rate)`: filter (h, w, in, times)."""
    said = _said(args, kwargs, "x filter strides padding rate")
    name = "depthwise_conv2d"
    roles = windows.view(said, 2)
    symbol = tensor_of(tape, said.get("x"), name, at)
    kernel = _filter(tape, said, 2, name, at)
    windows.must_have_rank(symbol, roles, name)
    variable = tape.variable_of(kernel)
    if variable is None or not symbol.known:
        return unknown_operation(tape.context, name, [symbol, kernel], at)
    kind, inward = _depthwise_kind(kernel, said, roles, name)
    _must_take(symbol, roles, inward, name, kernel)
    return tape.weighted("Depthwise", [Part(kind, (roles,))], symbol, {"kernel": variable}, at)


def _separable(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding)`."""
    said = named(args, kwargs, "x depthwise_filter pointwise_filter strides padding rate")
    name = "separable_conv2d"
    roles = windows.view(said, 2)
    symbol = tensor_of(tape, said.get("x"), name, at)
    pair = [
        _filter(tape, {"filter": said.get(word)}, 2, name, at)
        for word in ("depthwise_filter", "pointwise_filter")
    ]
    windows.must_have_rank(symbol, roles, name)
    variables = [tape.variable_of(one) for one in pair]
    found: list[Variable] = [one for one in variables if one is not None]
    if len(found) < 2 or not symbol.known:
        return unknown_operation(tape.context, name, [symbol, *pair], at)
    kind, inward = _depthwise_kind(pair[0], said, roles, name)
    _must_take(symbol, roles, inward, name, pair[0])
    point = found[1].shape
    made = found[0].shape[2] * found[0].shape[3]
    if point[:3] != (1, 1, made):
        raise RuleError(
            f"the pointwise filter {point} of {name} must begin with (1, 1, {made})",
            hint=f"the depthwise filter {found[0].shape} makes {made} channels",
        )
    last = Convolution((1, 1), point[-1], (1, 1), (1, 1), VALID, "zeros", 1, 1, False)
    parts = [Part(kind, (roles,), "depthwise"), Part(last, (), "pointwise")]
    by = {"depthwise/kernel": found[0], "pointwise/kernel": found[1]}
    return tape.weighted("Separable", parts, symbol, by, at)


def _transposed(rank: int) -> Body:
    """`tf.nn.conv2d_transpose(value, filter, output_shape, strides, padding)`."""
    name = f"conv{rank}d_transpose"

    def run(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
        said = _said(args, kwargs, "x filter output_shape strides padding")
        roles = windows.view(said, rank)
        symbol = tensor_of(tape, said.get("x"), name, at)
        kernel = _filter(tape, said, rank, name, at)
        windows.must_have_rank(symbol, roles, name)
        target = _target(said.get("output_shape"))
        if not symbol.known or not kernel.known or len(target) != rank + 2:
            return unknown_operation(tape.context, name, [symbol, kernel], at)
        same = str(said.get("padding", "SAME")).upper() == "SAME"
        return _stamped(
            tape, (symbol, kernel), roles, (target, _steps(said, roles, name), same), at
        )

    return run


def _target(shape: object) -> list[object]:
    if type(shape) is TensorShape:
        return list(shape.dims)
    return list(shape) if type(shape) in (list, tuple) else []  # type: ignore[call-overload]


def _stamped(
    tape: Tape,
    pair: tuple[Symbol, Symbol],
    roles: Roles,
    how: tuple[list[object], tuple[int, ...], bool],
    at: At,
) -> object:
    symbol, kernel = pair
    target, steps, same = how
    name = f"conv{len(steps)}d_transpose"
    sizes: list[Any] = list(kernel.tensor.shape)
    window = tuple(sizes[: len(steps)])
    _must_fit(symbol, kernel, roles, target[roles.index(CHANNEL)], name)
    cut = windows.crops(symbol, roles, target, window, steps, same)
    if cut is None:
        return unknown_operation(tape.context, name, [symbol, kernel], at)
    ones = (1,) * len(steps)
    variable = tape.variable_of(kernel)
    if variable is None:
        given = GivenTransposedConvolution(window, steps, ones, tuple(cut))
        return _given(tape, given, pair, roles, at)
    kind = TransposedConvolution(window, sizes[-2], steps, ones, tuple(cut), bias=False)
    return tape.weighted("Transposed", [Part(kind, (roles,))], symbol, {"kernel": variable}, at)


def _must_fit(symbol: Symbol, kernel: Symbol, roles: Roles, wanted: object, name: str) -> None:
    """RuleError when filter (height, width, out, in), input and output_shape disagree."""
    out, inward = kernel.tensor.shape[-2:]
    channels = _channels(symbol, roles)
    if type(channels) is int and type(inward) is int and channels != inward:
        raise RuleError(
            f"the input of {name} has {channels} channels, its filter {kernel.shown()} is for "
            f"{inward}",
            hint="the filter of a transposed convolution is (height, width, out, in)",
        )
    if type(wanted) is int and type(out) is int and wanted != out:
        raise RuleError(
            f"output_shape of {name} has {wanted} channels, its filter {kernel.shown()} makes "
            f"{out}",
            hint="the filter of a transposed convolution is (height, width, out, in)",
        )


CONVOLUTIONS: Final[dict[str, tuple[str, Body]]] = {
    "conv1d": ("conv1d", _convolution(1, "x filter stride padding use_cudnn data_format")),
    "conv2d": (
        "Conv2D",
        _convolution(2, "x filter strides padding use_cudnn_on_gpu data_format dilations"),
    ),
    "conv3d": ("Conv3D", _convolution(3, "x filter strides padding data_format dilations")),
    "convolution": ("convolution", _any_rank),
    "atrous_conv2d": ("convolution", _atrous),
    "depthwise_conv2d": ("depthwise", _depthwise),
    "depthwise_conv2d_native": ("DepthwiseConv2dNative", _depthwise),
    "separable_conv2d": ("separable_conv2d", _separable),
    "conv2d_transpose": ("conv2d_transpose", _transposed(2)),
    "conv3d_transpose": ("conv3d_transpose", _transposed(3)),
}
