"""PyTorch's module that weights pairs of features of two tensors."""

from __future__ import annotations

from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.table.entry import Entry, Expected
from convwise.dialects.torch.table.forms import BIAS, STORED, count
from convwise.dialects.torch.table.views import row
from convwise.errors import RuleError
from convwise.graph.axes import Tensor
from convwise.kinds.bilinear import Bilinear


def _bilinear(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    kind = Bilinear(arguments["out_features"], arguments["bias"])
    if not inputs:
        return (Part(kind),)
    if len(inputs) != 2:
        raise RuleError("Bilinear takes two tensors", hint="call it on both: (input1, input2)")
    width, wanted = inputs[1].shape[-1:], arguments["in2_features"]
    if width and width[0] != wanted:
        raise RuleError(
            f"Bilinear has in2_features={wanted}, its second input has {width[0]} features",
            hint=f"write in2_features={width[0]} here, or make what comes before give {wanted}",
        )
    return (Part(kind),)


def _expects(arguments: Arguments) -> tuple[Expected, ...]:
    return (Expected("in1_features", arguments["in1_features"], -1, "features"),)


def _sees(arguments: Arguments) -> tuple[Tensor, ...]:
    return (*row(arguments["in1_features"]), *row(arguments["in2_features"]))


ENTRIES = (
    Entry(
        "Bilinear",
        (
            Parameter("in1_features", REQUIRED, count),
            Parameter("in2_features", REQUIRED, count),
            Parameter("out_features", REQUIRED, count),
            BIAS,
            *STORED,
        ),
        _bilinear,
        tensors=("input1", "input2"),
        expects=_expects,
        sees=_sees,
    ),
)
