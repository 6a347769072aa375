"""The function that weights pairs of features with weights that the network holds or computes."""

from __future__ import annotations

from convwise.dialects.python.parameters import Arguments, Inputs, Part
from convwise.dialects.torch.table.entry import Entry
from convwise.errors import RuleError
from convwise.kinds.bilinear import GivenBilinear


def _bilinear(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    for one in ("input2", "weight"):
        if one not in arguments["given"]:
            raise RuleError(
                f"bilinear needs its {one}", hint="write bilinear(input1, input2, weight)"
            )
    return (Part(GivenBilinear()),)


ENTRIES = (Entry("bilinear", (), _bilinear, tensors=("input1", "input2", "weight", "bias")),)
