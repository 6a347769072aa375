"""Operations that are one index of the user's code, `x[:, 1:, None]`, put together again."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from convwise.dialects.torch.program.neutral import Call, Ref

_NORM: Final = ("linalg_vector_norm", "clamp_min", "expand", "div")
_PARTS: Final = ("slice", "select", "unsqueeze")
#: A tensor has no more axes.
_MOST_AXES: Final = 64
_END: Final = (1 << 63) - 1


class Chain(NamedTuple):
    """How many operations there are, and the index that they are, or the arguments of normalize."""

    length: int
    entries: tuple[object, ...] | None
    norm: Mapping[str, object] | None = None


def chain(calls: Sequence[Call], place: int, used: Mapping[str, int]) -> Chain:
    """The index or the normalisation that begins with an operation, else that one alone."""
    return _unit_norm(calls, place, used) or _index(calls, place, used)


def _unit_norm(calls: Sequence[Call], place: int, used: Mapping[str, int]) -> Chain | None:
    """F.normalize: a norm that keeps its axis, a least one, spread out, what divides the values."""
    parts = calls[place : place + len(_NORM)]
    names = [one.name.removesuffix("_as") for one in parts]
    if names != list(_NORM) or parts[0].arguments.get("keepdim") is not True:
        return None
    for before, after in itertools.pairwise(parts):
        key = "other" if after.name == "div" else "self"
        made = before.outputs[0]
        if not isinstance(made, str) or after.arguments.get(key) != Ref(made) or used[made] != 1:
            return None
    source, floor = parts[0].arguments.get("self"), parts[1].arguments.get("min")
    if parts[3].arguments.get("self") != source or type(floor) is not float:
        return None
    order = parts[0].arguments.get("ord", parts[0].arguments.get("p", 2))
    said = {"input": source, "p": order, "dim": parts[0].arguments.get("dim"), "eps": floor}
    return Chain(len(_NORM), None, said)


def _index(calls: Sequence[Call], place: int, used: Mapping[str, int]) -> Chain:
    """The index that begins with an operation: each axis is met once, in order."""
    entries: list[object] = []
    axis = 0
    count = 0
    before = ""
    source = ""
    for call in calls[place:]:
        if call.name not in _PARTS or call.namespace != "aten":
            break
        given = call.arguments
        held = given.get("self")
        if type(held) is not Ref or (count and held.name != before):
            break
        if count and (used.get(before, 0) != 1 or call.place != calls[place].place):
            break
        dim = given.get("dim", 0)
        if type(dim) is not int or not axis <= dim <= _MOST_AXES:
            break
        entries.extend([slice(None)] * (dim - axis))
        entries.append(_entry(call))
        axis = dim if call.name == "select" else dim + 1
        before = str(call.outputs[0]) if call.outputs else ""
        source = source or held.name
        count += 1
    if not count or (count == 1 and calls[place].name == "unsqueeze"):
        return Chain(max(count, 1), None)
    if all(call.name == "unsqueeze" for call in calls[place : place + count]):
        return Chain(1, None)
    return Chain(count, tuple(entries))


def _entry(call: Call) -> object:
    """What one operation says about its axis."""
    given = call.arguments
    if call.name == "unsqueeze":
        return None
    if call.name == "select":
        return given.get("index")
    start: Any = given.get("start", 0)
    end: Any = given.get("end")
    step: Any = given.get("step", 1)
    if type(end) is int and end >= _END:
        end = None
    if type(start) is int and start == 0:
        start = None
    return slice(start, end, None if step == 1 else step)
