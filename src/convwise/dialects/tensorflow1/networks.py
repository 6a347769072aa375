"""Pooling, dropout, biases, normalisation, embeddings and losses of tf.nn."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras.blocks import flat
from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.arrays import Array
from convwise.dialects.python.calling import named
from convwise.dialects.python.functions import Inert
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import At
from convwise.dialects.tensorflow1 import windows
from convwise.dialects.tensorflow1.inputs import tensor_of
from convwise.dialects.tensorflow1.tape import Body, Tape
from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL
from convwise.graph.builder import Roles, WeightLabel
from convwise.kinds.activation import Activation
from convwise.kinds.embedding import Embedding
from convwise.kinds.layer_normalization import LocalResponseNorm
from convwise.kinds.merge import Concatenate, Merge
from convwise.kinds.noise import Dropout
from convwise.kinds.pooling import AveragePool, MaxPool
from convwise.kinds.source import Parameter
from convwise.kinds.unary import Unary

Arguments = dict[str, Any]
_POOLS: Final = {"max": MaxPool, "avg": AveragePool}


def pooled(
    tape: Tape, symbol: Symbol, roles: Roles, how: tuple[str, Any, Any, Any], at: At
) -> Symbol:
    """Pooling; `how`: max or avg, window, strides, padding."""
    word, size, strides, padding = how
    name = f"{word}_pool"
    windows.must_have_rank(symbol, roles, name)
    window = windows.along_space(size, roles, "ksize", name)
    steps = windows.along_space(strides, roles, "strides", name)
    kind = _POOLS[word](window, steps, (1,) * len(window), windows.policy(padding, roles, name))
    found: Symbol = operate(tape.context, "Pool", [Part(kind, (roles,))], [symbol], at)[0]
    return found


def _pooling(word: str, rank: int) -> Body:
    def run(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
        said = named(args, kwargs, "x ksize strides padding data_format")
        symbol = tensor_of(tape, said.get("x"), f"{word}_pool", at)
        for needed in ("ksize", "strides", "padding"):
            if said.get(needed) is None:
                raise RuleError(f"{word}_pool needs {needed}", hint="such as ksize=[1, 2, 2, 1]")
        how = (word, said["ksize"], said["strides"], said["padding"])
        return pooled(tape, symbol, windows.view(said, rank), how, at)

    return run


def _pool(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.pool(input, window_shape, pooling_type, padding, dilation_rate, strides)`."""
    said = named(args, kwargs, "x window_shape pooling_type padding dilation_rate strides")
    symbol = tensor_of(tape, said.get("x"), "pool", at)
    word = str(said.get("pooling_type")).lower()
    rank = symbol.rank - 2 if symbol.known else 2
    if word not in _POOLS or rank not in (1, 2, 3) or said.get("dilation_rate") is not None:
        return unknown_operation(tape.context, "pool", [symbol], at)
    how = (word, said.get("window_shape"), said.get("strides", 1), said.get("padding"))
    return pooled(tape, symbol, windows.view(said, rank), how, at)


def dropped(tape: Tape, symbol: Symbol, keep: object, rate: object, at: At) -> Symbol:
    """Dropout: numbers as they are; a placeholder's number is what a feed_dict gives for it."""
    share: float = 0.5
    fed: Array | None = None
    given = keep if keep is not None else rate
    if type(given) in (int, float):
        share = 1 - given if keep is not None else given  # type: ignore[operator, assignment]
    elif type(given) is Array:
        fed = given
    share = round(share, 12)
    found: Symbol = operate(tape.context, "Dropout", [Part(Dropout(share))], [symbol], at)[0]
    if type(given) not in (int, float):
        node = found.value().node
        tape.rates[node] = (id(fed), keep is not None)
    return found


def _dropout(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.dropout(x, keep_prob, noise_shape, seed, name, rate)`."""
    said = named(args, kwargs, "x keep_prob noise_shape seed name rate")
    symbol = tensor_of(tape, said.get("x"), "dropout", at)
    return dropped(tape, symbol, said.get("keep_prob"), said.get("rate"), at)


def _bias_add(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.bias_add(value, bias, data_format)`."""
    said = named(args, kwargs, "x bias data_format")
    symbol = tensor_of(tape, said.get("x"), "bias_add", at)
    bias = tensor_of(tape, said.get("bias"), "bias_add", at)
    if not symbol.known or not bias.known or symbol.rank < 2:
        return unknown_operation(tape.context, "bias_add", [symbol, bias], at)
    first = str(said.get("data_format")).startswith("NC")
    place = 1 if first else symbol.rank - 1
    size, count = symbol.tensor.axes[place].dim, bias.tensor.shape
    if len(count) != 1 or (type(size) is int and type(count[0]) is int and size != count[0]):
        raise RuleError(
            f"bias_add adds {bias.shown()} to the channels of {symbol.shown()}, which are {size}",
            hint="a bias has one value per channel",
        )
    if first:
        bias = _across(tape, bias, symbol.rank, at)
    merge = Part(Merge("add", keeps_batch=False))
    return operate(tape.context, "BiasAdd", [merge], [symbol, bias], at)[0]


def _across(tape: Tape, bias: Symbol, rank: int, at: At) -> Symbol:
    """A bias variable that lies along the second axis."""
    variable = tape.variable_of(bias)
    if variable is None:
        return bias
    role = variable.name.rpartition("/")[2]
    axes = ((CHANNEL, variable.shape[0]), *[(None, 1)] * (rank - 2))
    row = tape.row_of(bias)
    recording = tape.context.recording
    value = recording.add(Parameter(role, axes, variable.trainable), (), row, at.line, "across")[0]
    tape.labels[row, f"across/{role}"] = WeightLabel(variable.name, variable.trainable)
    return Symbol(tape.context, value)


def _crelu(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """relu of the tensor and of its negative, side by side."""
    symbol = tensor_of(tape, named(args, kwargs, "x").get("x"), "crelu", at)
    parts = [Part(Concatenate(-1)), Part(Activation("relu"))]
    with tape.one_row("CRelu", at):
        minus = operate(tape.context, "Neg", [Part(Unary("negative"))], [symbol], at)[0]
        return operate(tape.context, "CRelu", parts, [symbol, minus], at)[0]


def _lrn(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.lrn(input, depth_radius=5, bias=1, alpha=1, beta=0.5)`: 2*radius + 1 channels."""
    said = named(args, kwargs, "x depth_radius bias alpha beta")
    symbol = tensor_of(tape, said.get("x"), "lrn", at)
    numbers: list[Any] = [
        said.get(word) if said.get(word) is not None else default
        for word, default in (("depth_radius", 5), ("bias", 1.0), ("alpha", 1.0), ("beta", 0.5))
    ]
    whole = type(numbers[0]) is int or (type(numbers[0]) is float and numbers[0].is_integer())
    if not whole or not all(type(one) in (int, float) for one in numbers):
        return unknown_operation(tape.context, "lrn", [symbol], at)
    radius, offset, alpha, beta = numbers
    roles = windows.view({}, 2)
    windows.must_have_rank(symbol, roles, "lrn")
    kind = LocalResponseNorm(2 * int(radius) + 1, float(alpha), float(beta), float(offset))
    return operate(tape.context, "LRN", [Part(kind, (roles,))], [symbol], at)[0]


def _lookup(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.nn.embedding_lookup(params, ids)`: of a variable (vocabulary, width) a row per word."""
    said = {**dict(zip(("params", "ids"), args, strict=False)), **kwargs}
    table = next(iter(flat(said.get("params"))), None)
    symbol = tensor_of(tape, said.get("ids", said.get("indices")), "embedding_lookup", at)
    variable = tape.variable_of(table)
    if variable is None or len(variable.shape) != 2 or not symbol.known:
        fed = [one for one in (table, symbol) if type(one) is Symbol]
        return unknown_operation(tape.context, "embedding_lookup", fed, at)
    kind = Embedding(*variable.shape)
    return tape.weighted("Embedding", [Part(kind)], symbol, {"table": variable}, at)


def _loss(*words: str, place: int | None) -> Body:
    """A loss: what it takes as the network's result, by its names or place."""

    def run(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
        found = next((kwargs[word] for word in words if word in kwargs), None)
        if found is None and place is not None:
            found = args[place] if len(args) > place else None
        if type(found) is Symbol:
            tape.losses.append(found)
        return Inert("the loss")

    return run


NETWORKS: Final[dict[str, tuple[str, Body]]] = {
    "max_pool": ("MaxPool", _pooling("max", 2)),
    "max_pool2d": ("MaxPool2d", _pooling("max", 2)),
    "avg_pool": ("AvgPool", _pooling("avg", 2)),
    "avg_pool2d": ("AvgPool2D", _pooling("avg", 2)),
    "max_pool1d": ("MaxPool1d", _pooling("max", 1)),
    "avg_pool1d": ("AvgPool1D", _pooling("avg", 1)),
    "max_pool3d": ("MaxPool3D", _pooling("max", 3)),
    "avg_pool3d": ("AvgPool3D", _pooling("avg", 3)),
    "pool": ("pool", _pool),
    "dropout": ("dropout", _dropout),
    "bias_add": ("BiasAdd", _bias_add),
    "crelu": ("CRelu", _crelu),
    "lrn": ("LRN", _lrn),
    "local_response_normalization": ("LRN", _lrn),
    "embedding_lookup": ("embedding_lookup", _lookup),
}

#: tf.nn's losses, whose result nothing in a network needs.
LOSSES: Final[dict[str, Body]] = {
    "softmax_cross_entropy_with_logits": _loss("logits", place=0),
    "softmax_cross_entropy_with_logits_v2": _loss("logits", place=1),
    "sparse_softmax_cross_entropy_with_logits": _loss("logits", place=0),
    "sigmoid_cross_entropy_with_logits": _loss("logits", place=0),
    "weighted_cross_entropy_with_logits": _loss("logits", place=1),
    "nce_loss": _loss("inputs", place=None),
    "sampled_softmax_loss": _loss("inputs", place=None),
    "ctc_loss": _loss("inputs", "logits", place=1),
    "in_top_k": _loss("predictions", place=0),
    "l2_loss": _loss(place=None),
}

#: tf.losses; tf.contrib.losses has what comes out first.
LOSS_MODULE: Final[dict[str, Body]] = {
    name: _loss("logits", "predictions", place=1)
    for name in (
        *("softmax_cross_entropy", "sparse_softmax_cross_entropy", "sigmoid_cross_entropy"),
        *("mean_squared_error", "absolute_difference", "huber_loss", "log_loss", "hinge_loss"),
        *("cosine_distance", "mean_pairwise_squared_error"),
    )
}
