"""Modules of PyTorch whose operations are in no catalog: reported as unknown, never guessed."""

from __future__ import annotations

from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import BIAS, STORED, count
from convwise.kinds.source import Unknown


def _unknown(name: str, parameters: tuple[Parameter, ...], *tensors: str) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (Part(Unknown(name)),)

    return Entry(name, parameters, parts, tensors=tensors or ("input",))


ENTRIES = (
    _unknown(
        "Bilinear",
        (
            Parameter("in1_features", REQUIRED, count),
            Parameter("in2_features", REQUIRED, count),
            Parameter("out_features", REQUIRED, count),
            BIAS,
            *STORED,
        ),
        "input1",
        "input2",
    ),
)
