"""F.pad: amounts from the last axis to the first, negative ones crop."""

from __future__ import annotations

from typing import Any

from convwise.dialects.python.checks import choice, show
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.dialects.torch.table.borders import padding_parts
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import number, optional
from convwise.errors import RuleError


def _amounts(value: Any, name: str) -> tuple[int, ...]:
    listed: list[Any] = list(value) if type(value) in (tuple, list) else []
    even = len(listed) % 2 == 0 and type(value) in (tuple, list)
    if even and all(type(one) in (int, bool) for one in listed):
        return tuple([int(one) for one in listed])
    hint = "(left, right), or (left, right, top, bottom): the last axis comes first"
    raise RuleError(f"{name} must be pairs of integers, found {show(value)}", hint=hint)


def _pad(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    amounts, mode = arguments["pad"], arguments["mode"]
    rank = inputs[0].rank
    if len(amounts) > 2 * rank:
        raise RuleError(
            f"{len(amounts)} amounts pad {len(amounts) // 2} axes, the input has {rank}",
            hint="give one pair for each axis to pad, the last axis first",
        )
    if mode != "constant" and arguments["value"]:
        raise RuleError(
            f'value={arguments["value"]} has no meaning for mode="{mode}": PyTorch refuses it',
            hint="leave value out",
        )
    if mode != "constant" and rank not in (len(amounts) // 2 + 1, len(amounts) // 2 + 2):
        raise RuleError(
            f'mode="{mode}" pads all but the first one or two axes: {len(amounts)} amounts do not '
            f"fit an input with {rank} axes",
            hint="give one pair for each axis of space, the last axis first",
        )
    return padding_parts(amounts, mode, float(arguments["value"] or 0.0), None)


ENTRIES = (
    Entry(
        "pad",
        (
            Parameter("pad", REQUIRED, _amounts),
            Parameter("mode", "constant", choice("constant", "reflect", "replicate", "circular")),
            Parameter("value", None, optional(number)),
        ),
        _pad,
    ),
)
