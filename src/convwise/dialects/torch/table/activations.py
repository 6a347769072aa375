"""PyTorch's activation modules: the kinds' functions under PyTorch's names and numbers."""

from __future__ import annotations

from collections.abc import Callable

from convwise.dialects.python.checks import choice
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.table.entry import Entry, Expected
from convwise.dialects.torch.table.forms import INPLACE, STORED, count, number, optional, whole
from convwise.errors import RuleError
from convwise.graph.axes import Tensor, tensor
from convwise.kinds.activation import GLU, Activation, Numbers, PReLU
from convwise.kinds.softmax import Softmax
from convwise.kinds.unary import Unary

#: Modules without numbers of their own -> the function's name.
_BARE = {"Tanh": "tanh", "Sigmoid": "sigmoid", "Softsign": "softsign", "Tanhshrink": "tanh_shrink"}
_IN_PLACE = {
    "ReLU": "relu",
    "ReLU6": "relu6",
    "SELU": "selu",
    "SiLU": "silu",
    "Mish": "mish",
    "Hardswish": "hard_silu",
    "Hardsigmoid": "hard_sigmoid",
}


def _fixed(name: str, function: str, parameters: tuple[Parameter, ...]) -> Entry:
    part = (Part(Activation(function)),)

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return part

    return Entry(name, parameters, parts)


def numbered(
    name: str, function: str, numbers: Callable[[Arguments], Numbers], *parameters: Parameter
) -> Entry:
    """An activation with numbers, worked out of the module's arguments."""

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (Part(Activation(function, numbers(arguments))),)

    return Entry(name, parameters, parts)


def softmax_axis(dim: int | None, inputs: Inputs) -> int:
    """PyTorch's own choice where none is said: the first axis of 0, 1 or 3, else the second."""
    if dim is not None:
        return dim
    return 0 if inputs and inputs[0].rank in (0, 1, 3) else 1


def _softmax(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Softmax((softmax_axis(arguments["dim"], inputs),))),)


def _softmin(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    axis = softmax_axis(arguments["dim"], inputs)
    return (Part(Unary("negative")), Part(Softmax((axis,))))


def _log_softmax(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Softmax((softmax_axis(arguments["dim"], inputs),), log=True)),)


def _softmax2d(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Over the channels of an image, with or without a batch."""
    if inputs and inputs[0].rank not in (3, 4):
        raise RuleError(
            f"Softmax2d needs an image with 3 or 4 axes, the input has {inputs[0].rank}",
            hint="use Softmax(dim=...) for other inputs",
        )
    return (Part(Softmax((-3,))),)


def _glu(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(GLU(arguments["dim"])),)


def prelu_parts(slopes: int, inputs: Inputs) -> tuple[Part, ...]:
    """One slope for all values, or one per channel, which are on the second axis."""
    rank = inputs[0].rank if inputs else 2
    shared = [place for place in range(rank) if place != 1 or slopes == 1]
    return (Part(PReLU(tuple(shared), compact=True)),)


def _prelu(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return prelu_parts(arguments["num_parameters"], inputs)


def _expects_slopes(arguments: Arguments) -> tuple[Expected, ...]:
    slopes = arguments["num_parameters"]
    return (Expected("num_parameters", slopes, 1, "channels"),) if slopes > 1 else ()


def _sees_slopes(arguments: Arguments) -> tuple[Tensor, ...]:
    return (tensor((1, arguments["num_parameters"]), ("batch", "channel")),)


def _bounds(arguments: Arguments) -> Numbers:
    return (("min_value", float(_low(arguments))), ("max_value", float(_high(arguments))))


def _low(arguments: Arguments) -> float | int:
    old = arguments.get("min_value")
    found: float | int = arguments["min_val"] if old is None else old
    return found


def _high(arguments: Arguments) -> float | int:
    old = arguments.get("max_value")
    found: float | int = arguments["max_val"] if old is None else old
    return found


def _must_be_ordered(arguments: Arguments) -> None:
    low, high = _low(arguments), _high(arguments)
    if low >= high:
        raise RuleError(
            f"min_val={low} must be smaller than max_val={high}", hint="exchange the two"
        )


def _must_grow(arguments: Arguments) -> None:
    if arguments["lower"] > arguments["upper"]:
        raise RuleError(
            f"lower={arguments['lower']} must not be larger than upper={arguments['upper']}",
            hint="exchange the two",
        )


def _middle(arguments: Arguments) -> Numbers:
    """After training, the random slope is the middle of its range."""
    return (("slope", (arguments["lower"] + arguments["upper"]) / 2),)


def _number(argument: str, name: str) -> Callable[[Arguments], Numbers]:
    return lambda arguments: ((name, float(arguments[argument])),)


def _lambd(arguments: Arguments) -> None:
    if arguments["lambd"] < 0:
        raise RuleError(
            f"lambd={arguments['lambd']} must not be negative", hint="such as lambd=0.5"
        )


_ALPHA = Parameter("alpha", 1.0, number)
_LAMBD = Parameter("lambd", 0.5, number)
_DIM = Parameter("dim", None, optional(whole))
_APPROXIMATE = Parameter("approximate", "none", choice("none", "tanh"))

_HARD_TANH = Entry(
    "Hardtanh",
    (
        Parameter("min_val", -1.0, number),
        Parameter("max_val", 1.0, number),
        INPLACE,
        Parameter("min_value", None, optional(number)),
        Parameter("max_value", None, optional(number)),
    ),
    lambda arguments, inputs: (Part(Activation("hard_tanh", _bounds(arguments))),),
    agree=_must_be_ordered,
)
_RANDOM = Entry(
    "RReLU",
    (Parameter("lower", 1 / 8, number), Parameter("upper", 1 / 3, number), INPLACE),
    lambda arguments, inputs: (Part(Activation("leaky_relu", _middle(arguments))),),
    agree=_must_grow,
)
_SOFT_SHRINK = Entry(
    "Softshrink",
    (_LAMBD,),
    lambda arguments, inputs: (
        Part(Activation("soft_shrink", (("threshold", float(arguments["lambd"])),))),
    ),
    agree=_lambd,
)

ENTRIES = (
    *[_fixed(name, function, (INPLACE,)) for name, function in _IN_PLACE.items()],
    *[_fixed(name, function, ()) for name, function in _BARE.items()],
    _fixed("LogSigmoid", "log_sigmoid", ()),
    numbered(
        "LeakyReLU",
        "leaky_relu",
        _number("negative_slope", "slope"),
        Parameter("negative_slope", 0.01, number),
        INPLACE,
    ),
    numbered("ELU", "elu", _number("alpha", "alpha"), _ALPHA, INPLACE),
    numbered("CELU", "celu", _number("alpha", "alpha"), _ALPHA, INPLACE),
    numbered(
        "GELU",
        "gelu",
        lambda arguments: (("approximate", arguments["approximate"] == "tanh"),),
        _APPROXIMATE,
    ),
    numbered(
        "Softplus",
        "softplus",
        _number("beta", "beta"),
        Parameter("beta", 1.0, number),
        Parameter("threshold", 20.0, number),
    ),
    numbered("Hardshrink", "hard_shrink", _number("lambd", "threshold"), _LAMBD),
    numbered(
        "Threshold",
        "threshold",
        lambda arguments: (
            ("threshold", float(arguments["threshold"])),
            ("value", float(arguments["value"])),
        ),
        Parameter("threshold", REQUIRED, number),
        Parameter("value", REQUIRED, number),
        INPLACE,
    ),
    _HARD_TANH,
    _RANDOM,
    _SOFT_SHRINK,
    Entry(
        "PReLU",
        (Parameter("num_parameters", 1, count), Parameter("init", 0.25, number), *STORED),
        _prelu,
        expects=_expects_slopes,
        sees=_sees_slopes,
        names={"alpha": "weight"},
    ),
    Entry("GLU", (Parameter("dim", -1, whole),), _glu),
    Entry("Softmax", (_DIM,), _softmax),
    Entry("Softmin", (_DIM,), _softmin),
    Entry("LogSoftmax", (_DIM,), _log_softmax),
    Entry("Softmax2d", (), _softmax2d),
)
