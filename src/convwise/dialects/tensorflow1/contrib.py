"""tf.contrib.layers and slim: their layers, arg_scope, repeat; made from tf.layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, final

from convwise.dialects.keras import operations
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table import activations
from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.values import Abstract, At
from convwise.dialects.tensorflow1.inputs import tensor_of
from convwise.dialects.tensorflow1.layers import reused
from convwise.dialects.tensorflow1.networks import dropped
from convwise.dialects.tensorflow1.scopes import Scope
from convwise.dialects.tensorflow1.tape import Body, Tape
from convwise.errors import RuleError

Arguments = dict[str, Any]

#: slim's layers: that of tf.layers, its automatic name, the names behind the inputs in order.
_CONV: Final = "num_outputs kernel_size stride padding data_format rate activation_fn normalizer_fn"
_POOL: Final = "kernel_size stride padding"
SLIM: Final[dict[str, tuple[str, str, str]]] = {
    "conv2d": ("conv2d", "Conv", _CONV),
    "conv1d": ("conv1d", "Conv", _CONV),
    "conv3d": ("conv3d", "Conv", _CONV),
    "convolution": ("conv2d", "Conv", _CONV),
    "convolution2d": ("conv2d", "Conv", _CONV),
    "conv2d_transpose": (
        "conv2d_transpose",
        "Conv2d_transpose",
        "num_outputs kernel_size stride padding data_format activation_fn normalizer_fn",
    ),
    "fully_connected": (
        "dense",
        "fully_connected",
        "num_outputs activation_fn normalizer_fn normalizer_params",
    ),
    "separable_conv2d": (
        "separable_conv2d",
        "SeparableConv2d",
        "num_outputs kernel_size depth_multiplier stride padding",
    ),
    "max_pool2d": ("max_pooling2d", "MaxPool2D", _POOL),
    "avg_pool2d": ("average_pooling2d", "AvgPool2D", _POOL),
    "max_pool3d": ("max_pooling3d", "MaxPool3D", _POOL),
    "batch_norm": ("batch_normalization", "BatchNorm", "decay center scale epsilon"),
    "flatten": ("flatten", "Flatten", ""),
}

_WORDS: Final = {
    "kernel_size": "kernel_size",
    "padding": "padding",
    "depth_multiplier": "depth_multiplier",
    "trainable": "trainable",
}
_VARIABLES: Final = {"kernel": "weights", "bias": "biases"}


@final
class ArgScope(Abstract):
    """`with slim.arg_scope([slim.conv2d, ...], padding="SAME")`: defaults of functions."""

    def __init__(self, tape: Tape, defaults: list[tuple[str, Arguments]]) -> None:
        self.tape = tape
        self.defaults = defaults
        self._before: list[list[tuple[str, Arguments]]] = []

    def describe(self) -> str:
        return "an arg_scope"

    def enter(self, at: At) -> object:
        self._before.append(self.tape.defaults)
        self.tape.defaults = [*self.tape.defaults, *self.defaults]
        return ArgScope(self.tape, list(self.tape.defaults))

    def leave(self, at: At) -> None:
        if self._before:
            self.tape.defaults = self._before.pop()


def _arg_scope(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    functions = args[0] if args else kwargs.pop("list_ops_or_scope", None)
    if type(functions) is ArgScope:
        return ArgScope(tape, functions.defaults)
    listed = functions if type(functions) in (list, tuple) else [functions]
    named = [one.name for one in listed if type(one) is Function]
    return ArgScope(tape, [(name, dict(kwargs)) for name in named])


def _with_defaults(tape: Tape, name: str, said: Arguments) -> Arguments:
    """The arguments, after what open arg_scopes say."""
    found: Arguments = {}
    for function, defaults in tape.defaults:
        if function == name:
            found.update(defaults)
    return {**found, **said}


def _layer(name: str) -> Body:
    inner, base, order = SLIM[name]

    def run(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
        said = {**dict(zip(["inputs", *order.split()], args, strict=False)), **kwargs}
        said = _with_defaults(tape, name, said)
        symbol = tensor_of(tape, said.pop("inputs", None), f"slim.{name}", at)
        word = said.get("scope")
        title = word if type(word) is str else tape.scopes.layer(base)
        return _called(tape, (inner, title, said), symbol, at)

    return run


def _called(tape: Tape, how: tuple[str, str, Arguments], symbol: Symbol, at: At) -> object:
    inner, title, said = how
    path = tape.scopes.variable(title)
    inward = _translated(inner, said)
    if "reuse" in said:
        inward["reuse"] = said["reuse"]
    if type(said.get("scope")) is str:
        inward["name"] = title
    if inner == "flatten" and symbol.known and symbol.rank < 3:
        return symbol
    made: Any = reused(tape, path, (inner, inward), symbol, at)
    row = tape.layers[path].own_row()
    for key, word in _VARIABLES.items():
        tape.renamed[row, key] = word
    normalizer = said.get("normalizer_fn")
    if normalizer is not None and type(normalizer) is Function:
        params = said.get("normalizer_params")
        extra = params if type(params) is dict else {}
        before = tape.scopes.now
        inside = Scope(before.operations, f"{before.variables}{title}/", before.reuse)
        with tape.scopes.inside(inside):
            made = normalizer.call([made], dict(extra), at)
    return _activated(tape, inner, said, (made, path), at)


def _activated(tape: Tape, inner: str, said: Arguments, what: tuple[Any, str], at: At) -> object:
    """What follows a layer; convolutions and dense layers end in relu unless something is said."""
    made, path = what
    weighted = inner.startswith(("conv", "dense", "separable"))
    function = said.get("activation_fn", "relu" if weighted else None)
    if function is None or type(made) is not Symbol:
        return made
    tape.settle()
    if function == "relu" or (type(function) is Function and function.activation is not None):
        word = function if type(function) is str else function.activation
        word = word if word in activations.NAMES else "relu"
        made = operations.run(tape.context, word, [made], {}, at)
        tape.settle(f"{path}/{word.capitalize()}/", word.capitalize())
        return made
    return tape.context.interpreter.call(function, [made], {}, at)


def _translated(inner: str, said: Arguments) -> Arguments:
    """slim's arguments as those of tf.layers."""
    found = {_WORDS[key]: value for key, value in said.items() if key in _WORDS}
    first = str(said.get("data_format")).startswith("NC")
    if inner.startswith("conv") or inner == "separable_conv2d":
        found["filters"] = said.get("num_outputs")
        found["strides"] = said.get("stride", 1)
        found.setdefault("padding", "SAME")
        if "rate" in said and inner != "conv2d_transpose":
            found["dilation_rate"] = said["rate"]
        found["use_bias"] = _has_bias(said)
    elif inner == "dense":
        found = {"units": said.get("num_outputs"), "use_bias": _has_bias(said)}
    elif "pooling" in inner:
        found["pool_size"] = found.pop("kernel_size", 2)
        found["strides"] = said.get("stride", 2)
        found.setdefault("padding", "VALID")
    elif inner == "batch_normalization":
        found = {"center": said.get("center", True), "scale": said.get("scale", False)}
        found["epsilon"] = said.get("epsilon", 0.001)
        found["axis"] = 1 if first else -1
    if first and inner not in ("dense", "batch_normalization", "flatten"):
        found["data_format"] = "channels_first"
    return found


def _has_bias(said: Arguments) -> bool:
    """Without a normaliser, unless the biases are given no initializer."""
    return said.get("normalizer_fn") is None and said.get("biases_initializer", 0) is not None


def _dropout(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`slim.dropout(inputs, keep_prob=0.5)`."""
    said = {**dict(zip(("inputs", "keep_prob"), args, strict=False)), **kwargs}
    said = _with_defaults(tape, "dropout", said)
    symbol = tensor_of(tape, said.get("inputs"), "slim.dropout", at)
    made = dropped(tape, symbol, said.get("keep_prob", 0.5), None, at)
    word = said.get("scope")
    tape.settle(word if type(word) is str else "", "Dropout")
    return made


def _repeat(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`slim.repeat(inputs, n, layer, *args, scope="conv1")`: conv1/conv1_1, conv1/conv1_2."""
    said = dict(kwargs)
    word = said.pop("scope", None)
    if len(args) < 3 or type(args[1]) is not int or args[1] > 1000:
        raise RuleError(
            "slim.repeat needs a tensor, a number and a layer",
            line=at.line,
            hint="such as slim.repeat(net, 2, slim.conv2d, 64, [3, 3])",
        )
    inputs, count, function, *rest = args
    base = word if type(word) is str else tape.scopes.layer("Repeat")
    made = inputs
    before = tape.scopes.now
    prefix = tape.scopes.opened(base)
    inside = Scope(prefix, f"{before.variables}{base}/", before.reuse)
    with tape.scopes.inside(inside):
        for turn in range(count):
            title = {"scope": f"{base.rpartition('/')[2]}_{turn + 1}"}
            made = tape.context.interpreter.call(function, [made, *rest], {**said, **title}, at)
    return made


def _stack(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`slim.stack(inputs, layer, [32, 64], scope="fc")`: one layer per entry of the list."""
    if len(args) < 3 or type(args[2]) not in (list, tuple):
        raise RuleError(
            "slim.stack needs a tensor, a layer and a list",
            line=at.line,
            hint="such as slim.stack(net, slim.fully_connected, [64, 10])",
        )
    inputs, function, entries = args[:3]
    said = dict(kwargs)
    word = said.pop("scope", None)
    base = word if type(word) is str else tape.scopes.layer("Stack")
    before = tape.scopes.now
    inside = Scope(tape.scopes.opened(base), f"{before.variables}{base}/", before.reuse)
    with tape.scopes.inside(inside):
        for turn, entry in enumerate(entries):
            given = list(entry) if type(entry) in (list, tuple) else [entry]
            title = {"scope": f"{base.rpartition('/')[2]}_{turn + 1}"}
            inputs = tape.context.interpreter.call(
                function, [inputs, *given], {**said, **title}, at
            )
    return inputs


def quiet(name: str) -> Callable[..., object]:
    """Regularizers and the like: they change no shape."""
    return lambda tape, args, kwargs, at: Inert(f"tf.contrib.{name}")


CONTRIB: Final[dict[str, tuple[str, Body]]] = {
    **{name: (base, _layer(name)) for name, (_, base, _order) in SLIM.items()},
    "dropout": ("Dropout", _dropout),
    "arg_scope": ("", _arg_scope),
    "repeat": ("", _repeat),
    "stack": ("", _stack),
}
