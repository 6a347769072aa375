"""Every name of TensorFlow 1 that is read, by module; must never hold code."""

from __future__ import annotations

from typing import Final

from convwise.dialects.tensorflow1.contrib import CONTRIB
from convwise.dialects.tensorflow1.convolutions import CONVOLUTIONS
from convwise.dialects.tensorflow1.functions import DELEGATED, FUNCTIONS
from convwise.dialects.tensorflow1.layers import CLASSES, LAYER_FUNCTIONS
from convwise.dialects.tensorflow1.networks import LOSS_MODULE, LOSSES, NETWORKS
from convwise.dialects.tensorflow1.normalising import NORMALISING
from convwise.dialects.tensorflow1.recurrent import RUNNING
from convwise.dialects.tensorflow1.tape import Body

#: Operations of tf, tf.nn, tf.image and tf.math: TensorFlow's name for what they make, and how.
OPERATIONS: Final[dict[str, tuple[str, Body]]] = {
    **FUNCTIONS,
    **CONVOLUTIONS,
    **NETWORKS,
    **NORMALISING,
    **RUNNING,
}

#: Types of operations whose automatic name is another.
TYPES: Final[dict[str, str]] = {
    "conv1d": "Conv2D",
    "convolution": "Conv2D",
    "depthwise": "DepthwiseConv2dNative",
    "separable_conv2d": "SeparableConv2D",
    "conv2d_transpose": "Conv2DBackpropInput",
    "conv3d_transpose": "Conv3DBackpropInputV2",
    "concat": "ConcatV2",
    "split": "Split",
    "stack": "Pack",
    "unstack": "Unpack",
    "transpose": "Transpose",
    "MaxPool2d": "MaxPool",
    "AvgPool2D": "AvgPool",
    "dropout": "Dropout",
    "truediv": "RealDiv",
    "rnn": "dynamic_rnn",
    "batchnorm": "BatchNormalization",
    "embedding_lookup": "GatherV2",
}

#: Operations whose second argument may be a word that is no name.
WORDED: Final = ("cast", "einsum", "pad", "bias_add", "pool")

_IMAGES: Final = ("resize_images", "resize_bilinear", "resize_nearest_neighbor", "resize_bicubic")
_VARIABLES: Final = (
    *("Variable", "get_variable", "placeholder", "placeholder_with_default", "constant"),
    *("zeros", "ones", "fill", "truncated_normal", "random_normal", "random_uniform"),
    *("name_scope", "variable_scope", "Graph", "reset_default_graph", "get_variable_scope"),
)


def families() -> dict[str, tuple[str, ...]]:
    """All names that are read, by the family they belong to."""
    others = [name for name in FUNCTIONS if name not in DELEGATED and name not in _IMAGES]
    return {
        "graphs and variables": tuple([f"tf.{name}" for name in _VARIABLES]),
        "convolutions": tuple([f"tf.nn.{name}" for name in CONVOLUTIONS]),
        "pooling, dropout, biases": tuple([f"tf.nn.{name}" for name in NETWORKS]),
        "normalisation": tuple([f"tf.nn.{name}" for name in NORMALISING]),
        "computing": tuple([f"tf.{name}" for name in DELEGATED]),
        "moving": tuple([f"tf.{name}" for name in others]),
        "images": tuple([f"tf.image.{name}" for name in _IMAGES]),
        "layers": tuple([f"tf.layers.{name}" for name in (*LAYER_FUNCTIONS, *CLASSES)]),
        "slim and tf.contrib.layers": tuple([f"slim.{name}" for name in CONTRIB]),
        "losses": (
            *[f"tf.nn.{name}" for name in LOSSES],
            *[f"tf.losses.{name}" for name in LOSS_MODULE],
        ),
    }


def names() -> tuple[str, ...]:
    """All names that are read."""
    return tuple([name for family in families().values() for name in family])
