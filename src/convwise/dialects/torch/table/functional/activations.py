"""Activation functions: the modules' parts under the functions' names and arguments."""

from __future__ import annotations

from convwise.dialects.python.checks import flag
from convwise.dialects.python.parameters import (
    Arguments,
    Inputs,
    Parameter,
    Part,
    free,
)
from convwise.dialects.torch.table.activations import ENTRIES as MODULES
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import INPLACE, number, whole
from convwise.kinds.softmax import Softmax

_MODULES = {one.name: one for one in MODULES}

#: Functions that take what their module takes.
_LIKE = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "selu": "SELU",
    "celu": "CELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "mish": "Mish",
    "hardswish": "Hardswish",
    "hardsigmoid": "Hardsigmoid",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "softshrink": "Softshrink",
    "hardshrink": "Hardshrink",
    "tanhshrink": "Tanhshrink",
    "threshold": "Threshold",
    "logsigmoid": "LogSigmoid",
    "glu": "GLU",
}
#: Functions that overwrite their input.
_IN_PLACE = ("relu", "leaky_relu", "elu", "selu", "celu", "threshold", "tanh", "sigmoid")
_SOFT = {"softmax": "Softmax", "softmin": "Softmin", "log_softmax": "LogSoftmax"}


def _like(name: str, module: str) -> Entry:
    found = _MODULES[module]
    return Entry(name, found.parameters, found.parts, agree=found.agree)


def _overwriting(name: str) -> Entry:
    found = _MODULES[_LIKE[name]]
    parameters = tuple([one for one in found.parameters if one.name != "inplace"])
    return Entry(f"{name}_", parameters, found.parts, agree=found.agree)


def _soft(name: str, module: str) -> Entry:
    found = _MODULES[module]
    return Entry(name, (*found.parameters, *free("_stacklevel", "dtype")), found.parts)


def _gumbel(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Noise on the logits, then a softmax; the hard form only rounds what comes out."""
    return (Part(Softmax((arguments["dim"],))),)


_HARD_TANH = _MODULES["Hardtanh"]
_RANDOM = _MODULES["RReLU"]
_TRAINING = Parameter("training", False, flag)

ENTRIES = (
    *[_like(name, module) for name, module in _LIKE.items()],
    *[_overwriting(name) for name in _IN_PLACE],
    *[_soft(name, module) for name, module in _SOFT.items()],
    Entry("hardtanh", _HARD_TANH.parameters[:3], _HARD_TANH.parts, agree=_HARD_TANH.agree),
    Entry("hardtanh_", _HARD_TANH.parameters[:2], _HARD_TANH.parts, agree=_HARD_TANH.agree),
    Entry("rrelu", (*_RANDOM.parameters[:2], _TRAINING, INPLACE), _RANDOM.parts),
    Entry("rrelu_", (*_RANDOM.parameters[:2], _TRAINING), _RANDOM.parts),
    Entry(
        "gumbel_softmax",
        (
            Parameter("tau", 1, number),
            Parameter("hard", False, flag),
            Parameter("eps", 1e-10, number),
            Parameter("dim", -1, whole),
        ),
        _gumbel,
        tensors=("logits",),
    ),
)
