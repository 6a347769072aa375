"""PyTorch's padding modules: amounts from the last axis to the first, negative ones crop."""

from __future__ import annotations

from typing import Any

from convwise.dialects.python.checks import show
from convwise.dialects.python.parameters import REQUIRED, Arguments, Check, Inputs, Parameter, Part
from convwise.dialects.torch.conventions import IMAGE
from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.forms import number
from convwise.errors import RuleError
from convwise.graph.builder import Roles
from convwise.kinds.contract import Kind
from convwise.kinds.padding import Crop, Pad
from convwise.kinds.views import Identity

Pair = tuple[int, int]


def _amounts(rank: int) -> Check:
    """One integer for all sides, or (before, after) per axis, the last axis first."""

    def checked(value: Any, name: str) -> tuple[int, ...]:
        listed: list[Any] = list(value) if type(value) in (tuple, list) else [value] * (2 * rank)
        if len(listed) == 2 * rank and all(type(one) in (int, bool) for one in listed):
            return tuple([int(one) for one in listed])
        order = ("before, after", "left, right, top, bottom", "left, right, top, bottom, ...")
        raise RuleError(
            f"{name} must be an integer or {2 * rank} of them, found {show(value)}",
            hint=f"({order[rank - 1]}): the last axis comes first",
        )

    return checked


def padding_parts(
    amounts: tuple[int, ...], mode: str, value: float, roles: Roles | None
) -> tuple[Part, ...]:
    """Add what is positive, then cut off what is negative; `amounts` begin with the last axis.

    A circle is closed over what is left, so there the cut comes first.
    """
    pairs = [(amounts[place], amounts[place + 1]) for place in range(0, len(amounts), 2)]
    grown = [(-1 - place, _part_of(pair, 1)) for place, pair in enumerate(pairs)]
    cut = [(-1 - place, _part_of(pair, -1)) for place, pair in enumerate(pairs)]
    grown = [one for one in reversed(grown) if any(one[1])]
    cut = [one for one in reversed(cut) if any(one[1])]
    kinds: list[Kind] = [Pad(tuple(grown), mode, value)] if grown else []
    if cut:
        kinds.insert(0 if mode == "circular" else len(kinds), Crop(tuple(cut)))
    first, *others = kinds or [Identity()]
    return (Part(first, (roles,)), *[Part(kind) for kind in others])


def _part_of(pair: Pair, sign: int) -> Pair:
    return max(sign * pair[0], 0), max(sign * pair[1], 0)


def _whole(rank: int, inputs: Inputs) -> Roles | None:
    return IMAGE[rank] if inputs and inputs[0].rank == rank + 2 else None


def _entry(rank: int, word: str, mode: str) -> Entry:
    name = f"{word}Pad{rank}d"

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        if mode != "constant" and inputs and inputs[0].rank not in (rank + 1, rank + 2):
            raise RuleError(
                f"{name} needs an input with {rank + 1} or {rank + 2} axes, "
                f"it has {inputs[0].rank}",
                hint="check the number of axes; the batch is counted here",
            )
        value = float(arguments.get("value", 0.0))
        return padding_parts(arguments["padding"], mode, value, _whole(rank, inputs))

    amount = Parameter("padding", REQUIRED, _amounts(rank))
    if word == "Constant":
        return Entry(name, (amount, Parameter("value", REQUIRED, number)), parts)
    return Entry(name, (amount,), parts)


_MODES = (
    ("Zero", "constant"),
    ("Constant", "constant"),
    ("Reflection", "reflect"),
    ("Replication", "replicate"),
    ("Circular", "circular"),
)

ENTRIES = tuple([_entry(rank, word, mode) for rank in (1, 2, 3) for word, mode in _MODES])
