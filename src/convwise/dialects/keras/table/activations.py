"""Keras's activation functions and layers, translated to the names and numbers of the kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.python.checks import axes, closest, number, optional, show
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part, free
from convwise.errors import RuleError
from convwise.kinds.activation import GLU, Activation, PReLU
from convwise.kinds.contract import Kind
from convwise.kinds.softmax import Softmax

Numbers = tuple[tuple[str, float | None], ...]

#: Keras's functions that a kind knows: Keras's name -> the kind's name and Keras's own numbers.
FUNCTIONS: Final[dict[str, tuple[str, Numbers]]] = {
    "linear": ("linear", ()),
    "relu": ("relu", ()),
    "relu6": ("relu6", ()),
    "leaky_relu": ("leaky_relu", (("slope", 0.2),)),
    "leakyrelu": ("leaky_relu", (("slope", 0.2),)),
    "elu": ("elu", ()),
    "celu": ("celu", ()),
    "selu": ("selu", ()),
    "gelu": ("gelu", ()),
    "sigmoid": ("sigmoid", ()),
    "hard_sigmoid": ("hard_sigmoid", ()),
    "sparse_sigmoid": ("sparse_sigmoid", ()),
    "log_sigmoid": ("log_sigmoid", ()),
    "silu": ("silu", ()),
    "swish": ("silu", ()),
    "hard_silu": ("hard_silu", ()),
    "hard_swish": ("hard_silu", ()),
    "mish": ("mish", ()),
    "tanh": ("tanh", ()),
    "hard_tanh": ("hard_tanh", ()),
    "tanh_shrink": ("tanh_shrink", ()),
    "softplus": ("softplus", ()),
    "softsign": ("softsign", ()),
    "soft_shrink": ("soft_shrink", ()),
    "hard_shrink": ("hard_shrink", ()),
    "threshold": ("threshold", ()),
    "exponential": ("exponential", ()),
    "squareplus": ("squareplus", ()),
    "sparse_plus": ("sparse_plus", ()),
}

#: Functions that need a whole axis: Keras's name -> what it is along the last axis.
ALONG_AXIS: Final[dict[str, Kind]] = {
    "softmax": Softmax(),
    "log_softmax": Softmax(log=True),
    "sparsemax": Softmax(sparse=True),
    "glu": GLU(),
}

NAMES: Final = (*FUNCTIONS, *ALONG_AXIS)

#: What Keras calls the numbers of a function, as the kinds call them.
NUMBERS: Final[dict[str, str]] = {
    "negative_slope": "slope",
    "alpha": "slope",
    "max_value": "max_value",
    "threshold": "threshold",
    "approximate": "approximate",
    "b": "b",
    "default_value": "value",
}

_MADE: dict[str, Kind] = dict(ALONG_AXIS)


def named(name: str) -> Kind:
    """The activation that Keras knows by this name; RuleError when there is none."""
    found = _MADE.get(name)
    if found is None:
        if name not in FUNCTIONS:
            near = closest(name, NAMES)
            hint = f"did you mean {near!r}?" if near else "see keras.activations for the names"
            raise RuleError(f"Keras has no activation named {show(name)}", hint=hint)
        found = Activation(*FUNCTIONS[name])
        _MADE[name] = found
    return found


def called(name: str, numbers: Mapping[str, Any]) -> Kind:
    """The activation with numbers of its own: `relu(x, max_value=6)`, `softmax(x, axis=1)`."""
    if name in ALONG_AXIS:
        return _along(name, numbers.get("axis", -1))
    function, defaults = FUNCTIONS[name]
    found = dict(defaults)
    for keras_name, value in numbers.items():
        ours = "alpha" if function in ("elu", "celu") else NUMBERS.get(keras_name)
        if ours is not None and value is not None:
            found[ours] = number(value, keras_name)
    return Activation(function, tuple(found.items()))


def _along(name: str, axis: Any) -> Kind:
    positions = axes(axis, "axis")
    if name == "glu":
        return GLU(positions[0])
    return Softmax(positions, name == "log_softmax", name == "sparsemax")


def _relu(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    numbers = (
        ("slope", arguments["negative_slope"] or 0.0),
        ("max_value", arguments["max_value"]),
        ("threshold", arguments["threshold"] or 0.0),
    )
    return (Part(Activation("relu", numbers)),)


def _sloped(function: str, keras_name: str, ours: str) -> Any:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (Part(Activation(function, ((ours, arguments[keras_name]),))),)

    return parts


def _prelu(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(PReLU(arguments["shared_axes"])),)


def _softmax(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Softmax(arguments["axis"])),)


def _nothing(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return ()


_NUMBER = optional(number)

ENTRIES = (
    Entry("Activation", (Parameter("activation", REQUIRED),), _nothing, activated=True),
    Entry(
        "ReLU",
        (
            Parameter("max_value", None, _NUMBER),
            Parameter("negative_slope", 0.0, _NUMBER),
            Parameter("threshold", 0.0, _NUMBER),
        ),
        _relu,
    ),
    Entry(
        "LeakyReLU",
        (Parameter("negative_slope", 0.3, number),),
        _sloped("leaky_relu", "negative_slope", "slope"),
        old={"alpha": "negative_slope"},
    ),
    Entry("ELU", (Parameter("alpha", 1.0, number),), _sloped("elu", "alpha", "alpha")),
    Entry(
        "ThresholdedReLU",
        (Parameter("theta", 1.0, number),),
        _sloped("threshold", "theta", "threshold"),
    ),
    Entry(
        "PReLU",
        (
            *free("alpha_initializer", "alpha_regularizer", "alpha_constraint"),
            Parameter("shared_axes", (), lambda value, name: axes(value, name) if value else ()),
        ),
        _prelu,
    ),
    Entry("Softmax", (Parameter("axis", (-1,), axes),), _softmax),
)
