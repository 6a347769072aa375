"""TensorFlow's and the old Keras backend's names for operations, said in `keras.ops`; no layers."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from .inert import Inert, InertModule


def _resize(images: Any, size: Any, method: str = "bilinear", **kwargs: Any) -> Any:
    return ops.image.resize(images, size, interpolation=method)


def _pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", **kwargs: Any) -> Any:
    return ops.pad(tensor, paddings, mode=mode.lower())


def _reduce(function: Callable[..., Any]) -> Callable[..., Any]:
    def reduced(tensor: Any, axis: Any = None, keepdims: bool = False, **kwargs: Any) -> Any:
        return function(tensor, axis=axis, keepdims=keepdims)

    return reduced


def _neural() -> dict[str, Any]:
    return {
        "relu": ops.relu,
        "relu6": ops.relu6,
        "elu": ops.elu,
        "tanh": ops.tanh,
        "sigmoid": ops.sigmoid,
        "softmax": ops.softmax,
        "softplus": ops.softplus,
        "swish": ops.silu,
        "silu": ops.silu,
        "gelu": ops.gelu,
        "leaky_relu": lambda x, alpha=0.2: ops.leaky_relu(x, negative_slope=alpha),
        "depth_to_space": ops.depth_to_space,
        "space_to_depth": ops.space_to_depth,
        "l2_normalize": lambda x, axis=-1: ops.normalize(x, axis=axis),
    }


def _tensors() -> dict[str, Any]:
    return {
        "concat": lambda values, axis, name=None: ops.concatenate(values, axis=axis),
        "stack": ops.stack,
        "split": ops.split,
        "reshape": ops.reshape,
        "transpose": ops.transpose,
        "expand_dims": ops.expand_dims,
        "squeeze": ops.squeeze,
        "shape": ops.shape,
        "cast": ops.cast,
        "pad": _pad,
        "exp": ops.exp,
        "abs": ops.abs,
        "sqrt": ops.sqrt,
        "square": ops.square,
        "add": ops.add,
        "multiply": ops.multiply,
        "maximum": ops.maximum,
        "minimum": ops.minimum,
        "tanh": ops.tanh,
        "sigmoid": ops.sigmoid,
        "zeros": ops.zeros,
        "ones": ops.ones,
        "clip_by_value": ops.clip,
        "reduce_mean": _reduce(ops.mean),
        "reduce_sum": _reduce(ops.sum),
        "reduce_max": _reduce(ops.max),
        "identity": lambda tensor, name=None: tensor,
    }


#: Classes that Keras asks about when it copies a layer, as Bidirectional does.
_CLASSES = ("TensorShape", "DType", "TypeSpec")


def tensorflow_module() -> InertModule:
    """A module `tensorflow` whose `keras` is Keras; names it does not know are inert."""
    math = types.SimpleNamespace(**{**_tensors(), **_neural()})
    return InertModule(
        "tensorflow",
        keras=keras,
        nn=types.SimpleNamespace(**_neural()),
        math=math,
        image=InertModule("tensorflow.image", resize=_resize),
        random=InertModule("tensorflow.random", normal=keras.random.normal),
        function=lambda f=None, **kwargs: f if f is not None else lambda g: g,
        float32="float32",
        float16="float16",
        int32="int32",
        Module=object,
        **{name: type(name, (), {}) for name in _CLASSES},
        __version__="2.15.0",
        **_tensors(),
    )


def keras_backend_names() -> dict[str, Any]:
    """What `from keras import backend as K` offered before Keras 3."""
    return {
        "int_shape": lambda tensor: tuple(tensor.shape),
        "shape": ops.shape,
        "abs": ops.abs,
        "exp": ops.exp,
        "square": ops.square,
        "sqrt": ops.sqrt,
        "maximum": ops.maximum,
        "mean": _reduce(ops.mean),
        "sum": _reduce(ops.sum),
        "sigmoid": ops.sigmoid,
        "relu": ops.relu,
        "concatenate": ops.concatenate,
        "permute_dimensions": ops.transpose,
        "reshape": ops.reshape,
        "expand_dims": ops.expand_dims,
        "clip": ops.clip,
        "random_normal": keras.random.normal,
        "set_session": Inert("set_session"),
    }
