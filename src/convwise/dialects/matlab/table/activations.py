"""MATLAB's activation layers, translated to the names and numbers of the kinds."""

from __future__ import annotations

from convwise.dialects.matlab.table.entry import Entry, Parts
from convwise.dialects.matlab.table.values import learned, number, word
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.graph.axes import BATCH
from convwise.kinds.activation import Activation, PReLU
from convwise.kinds.softmax import Softmax


def _plain(function: str) -> Parts:
    kind = Activation(function)

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (Part(kind),)

    return parts


def _leaky(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Activation("leaky_relu", (("slope", arguments["Scale"]),))),)


def _clipped(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Activation("relu", (("max_value", float(arguments["Ceiling"])),))),)


def _elu(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Activation("elu", (("alpha", arguments["Alpha"]),))),)


def _gelu(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    tanh = arguments["Approximation"] == "tanh"
    return (Part(Activation("gelu", (("approximate", tanh),))),)


def _prelu(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """One slope per channel, whatever the position."""
    roles = inputs[0].roles
    shared = [place for place in range(1, len(roles) - 1) if roles[place] != BATCH]
    return (Part(PReLU(tuple(shared))),)


def _softmax(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Over the channels, which are always last here."""
    return (Part(Softmax((-1,))),)


ENTRIES = (
    Entry("reluLayer", (), _plain("relu"), "relu"),
    Entry("leakyReluLayer", (Parameter("Scale", 0.01, number),), _leaky, "leakyrelu", 1),
    Entry(
        "clippedReluLayer", (Parameter("Ceiling", REQUIRED, number),), _clipped, "clippedrelu", 1
    ),
    Entry("eluLayer", (Parameter("Alpha", 1.0, number),), _elu, "elu", 1),
    Entry(
        "geluLayer",
        (Parameter("Approximation", "none", word("none", "tanh")),),
        _gelu,
        "gelu",
    ),
    Entry("swishLayer", (), _plain("silu"), "swish"),
    Entry("tanhLayer", (), _plain("tanh"), "tanh"),
    Entry("sigmoidLayer", (), _plain("sigmoid"), "sigmoid"),
    Entry("softplusLayer", (), _plain("softplus"), "softplus"),
    Entry("preluLayer", (Parameter("Alpha"), *learned("Alpha")[1:]), _prelu, "prelu", 1),
    Entry("softmaxLayer", (), _softmax, "softmax"),
)
