"""Functions that normalise, with the weights they are given."""

from __future__ import annotations

from typing import Any

from convwise.dialects.python.parameters import Arguments, Inputs, Parameter, Part, free
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import integers, number
from convwise.dialects.torch.table.normalization import ENTRIES as MODULES
from convwise.kinds.layer_normalization import UnitNorm
from convwise.kinds.source import Unknown

_MODULES = {one.name: one for one in MODULES}


def _unit(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    norm: Any = arguments["p"]
    if norm != 2:
        return (Part(Unknown(f"F.normalize with p={norm}")),)
    return (Part(UnitNorm(arguments["dim"], float(arguments["eps"]))),)


_RESPONSE = _MODULES["LocalResponseNorm"]

ENTRIES = (
    Entry(
        "normalize",
        (
            Parameter("p", 2.0, number),
            Parameter("dim", (1,), integers),
            Parameter("eps", 1e-12, number),
            *free("out"),
        ),
        _unit,
    ),
    Entry("local_response_norm", _RESPONSE.parameters, _RESPONSE.parts),
)
