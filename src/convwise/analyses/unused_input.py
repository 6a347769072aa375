"""Input pixels that no output depends on, exactly: sets of positions followed from outputs back.

A set of positions along an axis is an integer whose bit i says that position i is used. Axes of
more than a million positions are not followed one by one: all of such an axis is used, or the
answer is not known.
"""

from __future__ import annotations

from collections.abc import Mapping

from convwise.analyses.evaluate import Step
from convwise.graph.axes import BATCH, CHANNEL, Tensor
from convwise.graph.nodes import Graph, Value
from convwise.kinds.windows import WHOLE, Reach, Sample, Slide, Spread, Whole

#: Positions along one axis that are followed one by one, and those that a resize samples so.
MOST_POSITIONS = 2**20
MOST_SAMPLES = 2**17

#: By axis role; None for all of an axis that is too long to be followed.
Masks = dict[str, int | None]


class _TooLong(Exception):  # noqa: N818 (an answer, not an error)
    """Some positions of an axis that is too long to be followed are used, and some are not."""


def unused_input(graph: Graph, steps: list[Step]) -> list[dict[str, int] | None]:
    """Per network input: pixels per axis role that never reach an output; None where not known.

    Only sizes that are numbers can be followed, and only through operations that are known.
    """
    if not all(step.node.known for step in steps):
        return [None] * len(graph.inputs)
    used: dict[Value, Masks] = {}
    for value in graph.outputs:
        _join(used, value, _all(steps[value.node].outputs[value.output]))
    try:
        for index in range(len(steps) - 1, -1, -1):
            _back(index, steps, used)
    except _TooLong:
        return [None] * len(graph.inputs)
    return [_unused(steps[value.node].outputs[0], used.get(value, {})) for value in graph.inputs]


def _lengths(tensor: Tensor) -> dict[str, int]:
    return {
        axis.role: axis.dim
        for axis in tensor.axes
        if axis.role not in (BATCH, CHANNEL, None) and type(axis.dim) is int
        if axis.role is not None
    }


def _full(size: int) -> int | None:
    return (1 << size) - 1 if size <= MOST_POSITIONS else None


def _all(tensor: Tensor) -> Masks:
    return {role: _full(size) for role, size in _lengths(tensor).items()}


def _join(used: dict[Value, Masks], value: Value, masks: Masks) -> None:
    known = used.get(value)
    if known is None:
        used[value] = dict(masks)
        return
    for role, mask in masks.items():
        known[role] = _either(known.get(role, 0), mask)


def _either(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one | other


def _back(index: int, steps: list[Step], used: dict[Value, Masks]) -> None:
    step = steps[index]
    for output, tensor in enumerate(step.outputs):
        masks = used.get(Value(index, output))
        if masks is None:
            continue
        for operand, value in enumerate(step.node.inputs):
            made = steps[value.node].outputs[value.output]
            seen = step.operands[operand]
            reach = step.asked.reach[operand] if not output else _of_later(step, operand, tensor)
            wanted = _operand(seen, tensor, masks, reach)
            if seen is not made and seen.roles != made.roles:
                names = dict(zip(seen.roles, made.roles, strict=True))
                wanted = {names.get(role) or role: mask for role, mask in wanted.items()}
            _join(used, value, wanted)


def _of_later(step: Step, operand: int, output: Tensor) -> Mapping[str, Reach]:
    """What an output after the first one sees: all of an axis that it alone does not have."""
    kept, first = output.roles, step.outputs[0].roles
    reach = step.asked.reach[operand]
    return {
        role: rule if role in kept or role not in first else WHOLE for role, rule in reach.items()
    }


def _operand(seen: Tensor, output: Tensor, masks: Masks, reach: Mapping[str, Reach]) -> Masks:
    sizes = {axis.role: axis.dim for axis in output.axes}
    wanted: Masks = {}
    for role, size in _lengths(seen).items():
        rule = reach.get(role)
        if role in masks and type(sizes.get(role)) is int:
            wanted[role] = _through(masks[role], size, rule, sizes[role] == size)
        elif role not in sizes and isinstance(rule, Slide):
            # The axis was taken away by an index: its one position was the first.
            wanted[role] = _through(1, size, rule, False)
        else:
            wanted[role] = _full(size)
    return wanted


def _through(mask: int | None, size: int, rule: Reach | None, same: bool) -> int | None:
    full = _full(size)
    if same and (rule is None or rule == Slide()):
        return mask
    if rule is None or isinstance(rule, Whole) or _spreads_all(mask, rule):
        return full
    if mask is None or full is None or _extent(rule) > MOST_POSITIONS:
        raise _TooLong
    match rule:
        case Slide(kernel, stride, dilation, before) if type(before) is int:
            spread = _smeared(_spaced(mask, stride), kernel, dilation)
            return (spread >> before if before >= 0 else spread << -before) & full
        case Spread(kernel, stride, dilation, before):
            seen = mask << before if before >= 0 else mask >> -before
            return _thinned(_gathered(seen, kernel, dilation), stride) & full
        case Sample(size_in, size_out, support, aligned):
            if size_out > MOST_SAMPLES:
                raise _TooLong
            return _sampled(mask, size_in, size_out, support, aligned)
        case _:
            return full


def _spreads_all(mask: int | None, rule: Reach) -> bool:
    """Whether a resize to at least as many positions, all of them used, uses every input."""
    if not isinstance(rule, Sample) or rule.size_out < rule.size_in:
        return False
    return mask == _full(rule.size_out)


def _extent(rule: Reach) -> int:
    """Positions that one step of a window moves over."""
    match rule:
        case Slide(kernel, stride, dilation, _) | Spread(kernel, stride, dilation, _):
            return (kernel - 1) * dilation + stride
        case _:
            return 0


def _spaced(mask: int, stride: int) -> int:
    """Bit i moved to bit i*stride."""
    if stride == 1 or mask == 0:
        return mask
    if mask & (mask + 1) == 0:
        return ((1 << stride * mask.bit_length()) - 1) // ((1 << stride) - 1)
    return int(("0" * (stride - 1)).join(bin(mask)[2:]), 2)


def _smeared(mask: int, kernel: int, dilation: int) -> int:
    """Every bit repeated at the kernel's taps above it."""
    done = 1
    while done < kernel:
        more = min(done, kernel - done)
        mask |= mask << more * dilation
        done += more
    return mask


def _gathered(mask: int, kernel: int, dilation: int) -> int:
    """Bit i set when one of the bits at the kernel's taps above i is."""
    done = 1
    while done < kernel:
        more = min(done, kernel - done)
        mask |= mask >> more * dilation
        done += more
    return mask


def _thinned(mask: int, stride: int) -> int:
    """Bit i taken from bit i*stride."""
    if stride == 1 or mask == 0:
        return mask
    return int(bin(mask)[2:][::-1][::stride][::-1], 2)


def _sampled(mask: int, size_in: int, size_out: int, support: int, aligned: bool) -> int:
    """The `support` inputs nearest to each used output's place, half-pixel centres."""
    used = bytearray(b"0" * size_in)
    for out in range(size_out):
        if not mask >> out & 1:
            continue
        if aligned and size_out > 1:
            centre, scale = 2 * out * (size_in - 1), 2 * (size_out - 1)
        else:
            centre, scale = (2 * out + 1) * size_in - size_out, 2 * size_out
        near = centre // scale - (support // 2 - 1)
        first = out * size_in // size_out if support == 1 else near
        for place in range(first, first + support):
            used[size_in - 1 - min(max(place, 0), size_in - 1)] = ord("1")
    return int(used, 2)


def _unused(tensor: Tensor, used: Masks) -> dict[str, int] | None:
    if not all(type(a.dim) is int for a in tensor.axes if a.role not in (BATCH, CHANNEL)):
        return None
    left = {}
    for role, size in _lengths(tensor).items():
        mask, full = used.get(role, 0), _full(size)
        if mask is None or full is None:
            left[role] = 0 if mask is None else size
        else:
            left[role] = size - (mask & full).bit_count()
    return left
