"""Convolutions, plain and transposed: the window comes from the weight, padding from attributes."""

from __future__ import annotations

from convwise.dialects.onnx.op import Built, Held, Op
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    broken,
    given,
    is_weight,
    one,
    tensor,
)
from convwise.dialects.onnx.table.views import image
from convwise.dialects.onnx.table.windows import Slides, automatic, pads, per_axis, slides
from convwise.errors import RuleError
from convwise.graph.axes import describe
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.kinds.contract import Kind
from convwise.kinds.convolution import Convolution
from convwise.kinds.given_convolution import GivenConvolution, GivenTransposedConvolution
from convwise.kinds.transposed import TransposedConvolution


def window_of(op: Op, rank: int, place: int = 1) -> tuple[int, ...]:
    """The axes of the weight, the input `place`, behind its two of channels."""
    weight = tensor(op, place)
    if weight.rank != rank + 2:
        raise RuleError(
            f"the weight {describe(weight)} of {op.name} has {weight.rank} axes, an input with "
            f"{rank + 2} needs as many",
            hint="(out channels, in channels / groups, then the window)",
        )
    taps = tuple([size for size in weight.shape[2:] if type(size) is int])
    if len(taps) < rank:
        raise NotClear(f"the window of the weight {describe(weight)} of {op.name}")
    said = op.integers("kernel_shape")
    if said is not None and said != taps:
        raise broken(
            f"kernel_shape={said} of {op.name} is not the window of its weight {describe(weight)}"
        )
    return taps


def _count(op: Op, axis: int) -> int:
    """A size of the weight that must be a number."""
    size = tensor(op, 1).shape[axis]
    if type(size) is not int:
        raise NotClear(f"the number of channels of the weight of {op.name}")
    return size


def _groups(op: Op) -> int:
    found = op.integer("group", 1)
    if found < 1:
        raise broken(f"group={found} of {op.name} must be 1 or more")
    return found


def _learned(op: Op) -> bool:
    """Whether the kernel, and the bias if there is one, come from the file."""
    return is_weight(op, 1) and (not op.has(2) or is_weight(op, 2))


def _held(op: Op) -> dict[str, Held]:
    found = {"kernel": Held(1)}
    return {**found, "bias": Held(2)} if op.has(2) else found


def _made(op: Op, kind: Kind, roles: Roles) -> Built:
    """A kind with weights, or one whose kernel is a value of the network."""
    if _learned(op):
        return one(kind, 0, views=(roles,), weights=_held(op))
    places = given(op)
    return one(kind, *places, views=(roles, *[None] * (len(places) - 1)))


def _convolution(op: Op) -> Built:
    rank, roles = image(op)
    found = slides(op, window_of(op, rank))
    kernel, stride, dilation, padding, _ = found
    groups = _groups(op)
    if not _learned(op):
        return _made(op, GivenConvolution(kernel, stride, dilation, padding, groups), roles)
    bias = op.has(2)
    filters = _count(op, 0)
    _must_fit(op, groups)
    kind = Convolution(
        kernel, filters, stride, dilation, padding, groups=groups, multiplier=1, bias=bias
    )
    return _made(op, kind, roles)


def _must_fit(op: Op, groups: int) -> None:
    """RuleError for a weight that is not for this input."""
    channels, seen = tensor(op).shape[1], _count(op, 1)
    if type(channels) is int and channels != seen * groups:
        raise RuleError(
            f"the weight {describe(tensor(op, 1))} of {op.name} is for {seen * groups} channels, "
            f"the input {describe(tensor(op))} has {channels}",
            hint="is an input of another shape meant?",
        )


def _transposed(op: Op) -> Built:
    rank, roles = image(op)
    found = slides(op, window_of(op, rank))
    crop = _crop(op, found)
    groups = _groups(op)
    kernel, stride, dilation = found[:3]
    if not _learned(op):
        return _made(op, GivenTransposedConvolution(kernel, stride, dilation, crop, groups), roles)
    channels = tensor(op).shape[1]
    if type(channels) is int and channels != _count(op, 0):
        raise broken(
            f"the weight {describe(tensor(op, 1))} of {op.name} is for {_count(op, 0)} channels, "
            f"the input {describe(tensor(op))} has {channels}"
        )
    filters = _count(op, 1) * groups
    kind = TransposedConvolution(kernel, filters, stride, dilation, crop, groups, op.has(2))
    return _made(op, kind, roles)


def _crop(op: Op, found: Slides) -> tuple[tuple[int, int], ...]:
    """Pixels cut off (before, after), less what the output gets more after.

    https://onnx.ai/onnx/operators/onnx__ConvTranspose.html: a size that is given, or that SAME
    gives (the input's times the stride), shares what is too much among both sides.
    """
    rank = len(found.kernel)
    added = per_axis(op, "output_padding", (0,) * rank, rank, 0)
    word = automatic(op)
    wanted = op.integers("output_shape")
    if wanted is None and word in ("NOTSET", "VALID"):
        amounts = pads(op, rank) if word == "NOTSET" else ((0, 0),) * rank
        return tuple([(one[0], one[1] - more) for one, more in zip(amounts, added, strict=True)])
    crop = []
    for axis in range(rank):
        extent = (found.kernel[axis] - 1) * found.dilation[axis] + 1
        if wanted is None:
            total: Dim = extent + added[axis] - found.stride[axis]
        else:
            size = tensor(op).shape[axis + 2]
            whole = (size - 1) * found.stride[axis] + added[axis] + extent
            total = whole - wanted[-rank:][axis]
        if type(total) is not int:
            raise NotClear(f"output_shape of {op.name} for an input of open size")
        crop.append(_shared(total, added[axis], word))
    return tuple(crop)


def _shared(total: int, added: int, word: str) -> tuple[int, int]:
    less = total // 2
    before, after = (less, total - less) if word == "SAME_UPPER" else (total - less, less)
    return before, after - added


ENTRIES = (Entry("Conv", _convolution), Entry("ConvTranspose", _transposed))
