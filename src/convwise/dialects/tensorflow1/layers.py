"""tf.layers: layers as functions, made and called from the table of Keras's layers."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras.layers import LayerClass, LayerObject
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table import index
from convwise.dialects.python.values import At
from convwise.dialects.tensorflow1.inputs import tensor_of
from convwise.dialects.tensorflow1.networks import dropped
from convwise.dialects.tensorflow1.scopes import ALWAYS, AUTO
from convwise.dialects.tensorflow1.tape import Body, Tape
from convwise.errors import RuleError
from convwise.graph.builder import WeightLabel

Arguments = dict[str, Any]

#: tf.layers's functions: Keras's class, and what comes behind the inputs, in order.
_CONV: Final = "filters kernel_size strides padding data_format dilation_rate activation use_bias"
_TRANSPOSED: Final = "filters kernel_size strides padding data_format activation use_bias"
_POOL: Final = "pool_size strides padding data_format"
_SEPARABLE: Final = (
    "filters kernel_size strides padding data_format dilation_rate depth_multiplier activation"
)
LAYERS: Final[dict[str, tuple[str, str]]] = {
    "conv1d": ("Conv1D", _CONV),
    "conv2d": ("Conv2D", _CONV),
    "conv3d": ("Conv3D", _CONV),
    "conv2d_transpose": ("Conv2DTranspose", _TRANSPOSED),
    "conv3d_transpose": ("Conv3DTranspose", _TRANSPOSED),
    "separable_conv1d": ("SeparableConv1D", _SEPARABLE),
    "separable_conv2d": ("SeparableConv2D", _SEPARABLE),
    "dense": ("Dense", "units activation use_bias"),
    "max_pooling1d": ("MaxPooling1D", _POOL),
    "max_pooling2d": ("MaxPooling2D", _POOL),
    "max_pooling3d": ("MaxPooling3D", _POOL),
    "average_pooling1d": ("AveragePooling1D", _POOL),
    "average_pooling2d": ("AveragePooling2D", _POOL),
    "average_pooling3d": ("AveragePooling3D", _POOL),
    "batch_normalization": ("BatchNormalization", "axis momentum epsilon center scale"),
    "flatten": ("Flatten", ""),
}

#: Classes of tf.layers, which are called on tensors afterwards, as in Keras.
CLASSES: Final[dict[str, str]] = {
    "Conv1D": "conv1d",
    "Conv2D": "conv2d",
    "Conv3D": "conv3d",
    "Conv2DTranspose": "conv2d_transpose",
    "Conv3DTranspose": "conv3d_transpose",
    "SeparableConv2D": "separable_conv2d",
    "Dense": "dense",
    "MaxPooling2D": "max_pooling2d",
    "AveragePooling2D": "average_pooling2d",
    "MaxPooling1D": "max_pooling1d",
    "AveragePooling1D": "average_pooling1d",
    "MaxPooling3D": "max_pooling3d",
    "AveragePooling3D": "average_pooling3d",
    "BatchNormalization": "batch_normalization",
    "Flatten": "flatten",
}

_SILENT: Final = frozenset(("training", "reuse", "name", "_reuse", "_scope", "fused", "inputs"))
#: The variables of a layer by the keys of its weights.
VARIABLES: Final = {
    "depthwise/kernel": "depthwise_kernel",
    "pointwise/kernel": "pointwise_kernel",
    "pointwise/bias": "bias",
}


def _layer(name: str) -> Body:
    """`tf.layers.conv2d(inputs, filters, kernel_size, ...)`."""

    def run(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
        said = {**dict(zip(["inputs", *LAYERS[name][1].split()], args, strict=False)), **kwargs}
        inputs = tensor_of(tape, said.pop("inputs", None), f"tf.layers.{name}", at)
        return called(tape, name, said, inputs, at)

    return run


def called(tape: Tape, name: str, said: Arguments, inputs: Symbol, at: At) -> object:
    """Make the layer, or find the one whose variables are reused, and call it."""
    word = said.get("name")
    title = word if type(word) is str else tape.scopes.layer(name)
    return reused(tape, tape.scopes.variable(title), (name, said), inputs, at)


def reused(tape: Tape, path: str, how: tuple[str, Arguments], inputs: Symbol, at: At) -> object:
    """The layer of this path, called. Raises RuleError when its variables are there already."""
    name, said = how
    known = tape.layers.get(path)
    sharing = said.get("reuse") in (True, AUTO) or tape.scopes.now.reuse in (ALWAYS, AUTO)
    if known is not None and known.entry.name == LAYERS[name][0] and sharing:
        return known.call([inputs], {}, at)
    learns = name not in ("flatten",) and "pool" not in name
    if known is not None and learns and type(said.get("name")) is str:
        raise RuleError(
            f"Variable {path}/kernel already exists, disallowed: two layers of one name",
            line=at.line,
            hint="say reuse=True, or give the layer another name",
        )
    layer = made(tape, LAYERS[name][0], said, path, at)
    tape.layers[path] = layer
    return layer.call([inputs], {}, at)


def made(tape: Tape, title: str, said: Arguments, path: str, at: At) -> LayerObject:
    """A layer of Keras's table under TensorFlow 1's names."""
    entry = index.find(title)
    assert entry is not None
    kept = {key: value for key, value in said.items() if key not in _SILENT}
    if title.startswith("Conv") and type(kept.get("data_format")) is str:
        kept["data_format"] = kept["data_format"].lower()
    layer = LayerClass(tape.context, entry, title).make(title, [], {**kept, "name": path}, at)
    row = layer.own_row()
    tape.names[row] = path
    tape.types[row] = title
    tape.owned[row] = path
    return layer


def label(tape: Tape, path: str, row: int, key: str) -> WeightLabel:
    """What TensorFlow calls a variable of a layer."""
    owner = tape.context.owners.get(row)
    return WeightLabel(f"{path}/{VARIABLES.get(key, key)}", owner is None or owner.trainable)


def _dropout(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.layers.dropout(inputs, rate=0.5, ..., training=False)`."""
    said = {**dict(zip(("inputs", "rate"), args, strict=False)), **kwargs}
    symbol = tensor_of(tape, said.get("inputs"), "tf.layers.dropout", at)
    rate = said.get("rate", 0.5)
    made = dropped(tape, symbol, None, 0.5 if rate is None else rate, at)
    word = said.get("name")
    tape.settle(word if type(word) is str else "", "Dropout", "dropout")
    return made


LAYER_FUNCTIONS: Final[dict[str, tuple[str, Body]]] = {
    **{name: (title, _layer(name)) for name, (title, _) in LAYERS.items()},
    "dropout": ("dropout", _dropout),
}
