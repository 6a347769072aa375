"""Input pixels that no output depends on, exactly: sets of positions followed from outputs back.

A set of positions along an axis is an integer whose bit i says that position i is used.
"""

from __future__ import annotations

from collections.abc import Mapping

from convwise.analyses.evaluate import Step
from convwise.graph.axes import BATCH, CHANNEL, Tensor
from convwise.graph.nodes import Graph, Value
from convwise.kinds.windows import Reach, Sample, Slide, Spread

Masks = dict[str, int]


def unused_input(graph: Graph, steps: list[Step]) -> list[dict[str, int] | None]:
    """Per network input: pixels per axis role that never reach an output; None where not known.

    Only sizes that are numbers can be followed, and only through operations that are known.
    """
    if not all(step.node.known for step in steps):
        return [None] * len(graph.inputs)
    used: dict[Value, Masks] = {}
    for value in graph.outputs:
        _join(used, value, _all(steps[value.node].outputs[value.output]))
    for index in range(len(steps) - 1, -1, -1):
        _back(index, steps, used)
    return [_unused(steps[value.node].outputs[0], used.get(value, {})) for value in graph.inputs]


def _all(tensor: Tensor) -> Masks:
    return {
        axis.role: (1 << axis.dim) - 1
        for axis in tensor.axes
        if axis.role not in (BATCH, CHANNEL, None) and type(axis.dim) is int
        if axis.role is not None
    }


def _join(used: dict[Value, Masks], value: Value, masks: Masks) -> None:
    known = used.get(value)
    if known is None:
        used[value] = dict(masks)
        return
    for role, mask in masks.items():
        known[role] = known.get(role, 0) | mask


def _back(index: int, steps: list[Step], used: dict[Value, Masks]) -> None:
    step = steps[index]
    masks: Masks = {}
    for output in range(len(step.outputs)):
        for role, mask in used.get(Value(index, output), {}).items():
            masks[role] = masks.get(role, 0) | mask
    if not masks and not any(Value(index, o) in used for o in range(len(step.outputs))):
        return
    for operand, value in enumerate(step.node.inputs):
        made = steps[value.node].outputs[value.output]
        seen = step.operands[operand]
        reach = step.asked.reach[operand]
        wanted = _operand(seen, step.outputs[0], masks, reach)
        if seen is not made and seen.roles != made.roles:
            names = dict(zip(seen.roles, made.roles, strict=True))
            wanted = {names.get(role) or role: mask for role, mask in wanted.items()}
        _join(used, value, wanted)


def _operand(seen: Tensor, output: Tensor, masks: Masks, reach: Mapping[str, Reach]) -> Masks:
    sizes = {axis.role: axis.dim for axis in output.axes}
    wanted: Masks = {}
    for role, full in _all(seen).items():
        rule = reach.get(role)
        size = full.bit_length()
        if role in masks and type(sizes.get(role)) is int:
            wanted[role] = _through(masks[role], size, rule, sizes[role] == size)
        elif role not in sizes and isinstance(rule, Slide):
            # The axis was taken away by an index: its one position was the first.
            wanted[role] = _through(1, size, rule, False)
        else:
            wanted[role] = full
    return wanted


def _through(mask: int, size: int, rule: Reach | None, same: bool) -> int:
    full = (1 << size) - 1
    match rule:
        case None:
            return mask if same else full
        case Slide(kernel, stride, dilation, before) if type(before) is int:
            spread = _smeared(_spaced(mask, stride), kernel, dilation)
            return (spread >> before if before >= 0 else spread << -before) & full
        case Spread(kernel, stride, dilation, before):
            seen = mask << before if before >= 0 else mask >> -before
            return _thinned(_gathered(seen, kernel, dilation), stride) & full
        case Sample(size_in, size_out, support, aligned):
            return _sampled(mask, size_in, size_out, support, aligned)
        case _:
            return full


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
    result = 0
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
            result |= 1 << min(max(place, 0), size_in - 1)
    return result


def _unused(tensor: Tensor, used: Masks) -> dict[str, int] | None:
    if not all(type(a.dim) is int for a in tensor.axes if a.role not in (BATCH, CHANNEL)):
        return None
    return {
        role: full.bit_length() - (used.get(role, 0) & full).bit_count()
        for role, full in _all(tensor).items()
    }
