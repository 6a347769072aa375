"""What PyTorch on a CPU makes of the facts of kinds: tensors of its own and scratch; names no kind.

Found by measuring single operators of PyTorch 2.13 with oneDNN on plain (N, C, ...) layouts at the
allocator's level. oneDNN works on blocks of 16 channels and copies into and out of them; slow paths
of volumes with few channels lay out every window (im2col).
"""

from __future__ import annotations

from math import prod
from typing import Final, NamedTuple

from convwise.analyses.evaluate import Step
from convwise.analyses.runtimes.whole import whole
from convwise.graph.axes import BATCH, CHANNEL, DTYPE_BYTES, SPATIAL, Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.kinds.contract import CONTRACTION, WINDOW, Kept

NAME: Final = "PyTorch on a CPU"
_BLOCK: Final = 16
#: Of fewer channels no blocks are made.
_FEW: Final = 4
#: PyTorch leaves convolutions of one example to oneDNN only above this product of its first axes
#: (ConvParams::use_mkldnn); below, and in other types than float32, it lays out every window.
_SMALL: Final = 20480
_SMALL_FIELD: Final = 64
#: A training process and one that infers, before the first tensor: imports of PyTorch 2.13 and
#: what it loads when it first computes; resident bytes, at least and at most.
_PROCESS: Final = {True: (330 << 20, 400 << 20), False: (245 << 20, 310 << 20)}
#: The C library keeps freed blocks: resident memory above the tensors, at most.
KEPT_BY_HEAP: Final = 1.7


class Scratch(NamedTuple):
    """Bytes that an operation takes while it runs, besides its results: at least, at most."""

    low: int
    high: int


NONE: Final = Scratch(0, 0)


def kept(step: Step) -> tuple[Kept, ...]:
    """What is kept for the backward pass.

    A window without arithmetic that needs its input and output is a maximum: in the place of its
    output PyTorch keeps where in the input each value was found, as int64.
    """
    asked = step.asked.kept
    if not _is_maximum(step):
        return asked
    inputs = tuple([item for item in asked if item.what == "input"])
    return (*inputs, Kept("extra", 0, "indices", step.outputs[0].elements, "int64"))


def forward(step: Step) -> Scratch:
    """Scratch of the forward pass."""
    if _is_maximum(step):
        indices = _elements(step.outputs[0]) * DTYPE_BYTES["int64"]
        return Scratch(indices, indices)
    if not _is_convolution(step):
        return NONE
    source, result, weights = _sizes(step)
    usual = max(source + weights, result)
    if _lays_out(step):
        return Scratch(_windows(step), _windows(step) + usual)
    if _widens(step):
        # Transposed: a copy of the result in blocks, and one more; or none of both.
        plain = max(_bytes(step.operands[0]) + weights, _bytes(step.outputs[0]))
        return Scratch(_part(plain), max(usual, 2 * result))
    return Scratch(_part(usual), usual + weights)


def backward(step: Step) -> Scratch:
    """Scratch of the backward pass."""
    if not _is_convolution(step):
        # Normalisations, and weights per channel, go through a field of their own.
        return Scratch(0, sum([_bytes(operand) for operand in step.operands if step.node.weights]))
    source, result, weights = _sizes(step)
    usual = max(source + result, weights)
    if _lays_out(step):
        return Scratch(_windows(step), _windows(step) * 5 // 4 + usual)
    # Small fields: each thread sums a gradient of all weights of its own.
    copies = 4 if _positions(step.outputs[0]) * _batch(step.outputs[0]) <= _SMALL_FIELD else 2
    plain = max(_bytes(step.operands[0]) + _bytes(step.outputs[0]), weights)
    return Scratch(plain // 2, source + result + copies * weights)


def copies(step: Step, viewed: list[bool]) -> int:
    """Bytes of inputs that a product of values may lay out anew and keep.

    viewed: per input, whether it shows the memory of another value in its own order.
    """
    if CONTRACTION not in step.node.kind.traits or step.node.weights:
        return 0
    pairs = zip(step.operands, viewed, strict=True)
    return sum([_bytes(operand) for operand, other in pairs if other])


def loss(output_bytes: int) -> Scratch:
    """The mean squared error of an output: the squares before they are summed."""
    return Scratch(output_bytes, output_bytes)


def optimizer(name: str, parameter_bytes: list[int]) -> Scratch:
    """Scratch of the optimizer's step, which takes one parameter after the other."""
    largest = max(parameter_bytes, default=0)
    most = {"adam": 2, "adamw": 2, "rmsprop": 1}.get(name, 0) * largest
    return Scratch(most, most)


def states(name: str) -> int:
    """Copies of the learned weights that the optimizer keeps."""
    return {"adam": 2, "adamw": 2, "rmsprop": 1, "momentum": 1}.get(name, 0)


def process(low: int, high: int, *, training: bool) -> tuple[int, int]:
    """The resident memory of a process whose tensors take between `low` and `high` at most."""
    least, most = _PROCESS[training]
    return least + low, most + int(KEPT_BY_HEAP * high)


def _part(usual: int) -> int:
    return usual * 3 // 4


def _is_maximum(step: Step) -> bool:
    traits = step.node.kind.traits
    if WINDOW not in traits or CONTRACTION in traits or step.node.weights:
        return False
    return {item.what for item in step.asked.kept} == {"input", "output"}


def _is_convolution(step: Step) -> bool:
    traits = step.node.kind.traits
    return WINDOW in traits and CONTRACTION in traits


def _widens(step: Step) -> bool:
    """Whether it makes more positions than it sees, as a transposed convolution does."""
    return _positions(step.outputs[0]) > _positions(step.operands[0])


def _lays_out(step: Step) -> bool:
    """Whether a convolution goes the slow way, with every window laid out (im2col)."""
    source = step.operands[0]
    if source.dtype != "float32":
        return source.dtype == "float64"
    kernel = dict(_specs(step)[0].axes) if step.node.weights else {}
    sides = [whole(dim) for name, dim in kernel.items() if name in SPATIAL]
    channels = _channels(source)
    if not sides or _batch(source) > 1 or _groups(step, kernel) > 1:
        return False
    if len(sides) > 1 and min(sides[-2:]) > 3:
        return False
    places = [whole(axis.dim) for axis in source.axes if axis.role in SPATIAL]
    return channels * prod(places[:2]) <= _SMALL


def _groups(step: Step, kernel: dict[str, Dim]) -> int:
    """Into how many groups the channels fall, from the kernel's own channels."""
    inside = [whole(dim) for name, dim in kernel.items() if name == "in"]
    return _channels(step.operands[0]) // max(prod(inside), 1)


def _windows(step: Step) -> int:
    """Bytes of all windows laid out: what each output position of one filter sees."""
    filters = max(_channels(step.outputs[0]), 1)
    return whole(step.asked.macs.forward) // filters * _width(step.operands[0])


def _channels(tensor: Tensor) -> int:
    return prod([whole(axis.dim) for axis in tensor.axes if axis.role == CHANNEL])


def _batch(tensor: Tensor) -> int:
    return prod([whole(axis.dim) for axis in tensor.axes if axis.role == BATCH])


def _positions(tensor: Tensor) -> int:
    return prod([whole(axis.dim) for axis in tensor.axes if axis.role in SPATIAL])


def _sizes(step: Step) -> tuple[int, int, int]:
    """Bytes of what goes in, comes out and of the weights, channels filled up to whole blocks.

    Of few channels that go in no blocks are made.
    """
    source, result = step.operands[0], step.outputs[0]
    taken = _bytes(source) if _channels(source) < _FEW else _blocked(source)
    return taken, _blocked(result), _weights(step)


def _blocked(tensor: Tensor) -> int:
    channels = max(_channels(tensor), 1)
    return _bytes(tensor) // channels * (-(-channels // _BLOCK) * _BLOCK)


def _weights(step: Step) -> int:
    elements = [prod([whole(dim) for _, dim in spec.axes]) for spec in _specs(step)]
    return sum(elements) * _width(step.operands[0])


def _specs(step: Step) -> tuple[WeightSpec, ...]:
    found: tuple[WeightSpec, ...] = step.node.kind.weights(step.operands)
    return found


def _elements(tensor: Tensor) -> int:
    return whole(tensor.elements)


def _width(tensor: Tensor) -> int:
    return DTYPE_BYTES[tensor.dtype]


def _bytes(tensor: Tensor) -> int:
    return _elements(tensor) * _width(tensor)
