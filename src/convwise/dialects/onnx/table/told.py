"""Operators whose arithmetic no kind has, and whose rules tell the shape of what comes out."""

from __future__ import annotations

from convwise.dialects.onnx.op import Built, Op
from convwise.dialects.onnx.table.convolutions import window_of
from convwise.dialects.onnx.table.elements import element_type
from convwise.dialects.onnx.table.entry import Entry, NotClear, broken, tensor
from convwise.dialects.onnx.table.unread import NOT_READ
from convwise.dialects.onnx.table.views import image
from convwise.dialects.onnx.table.windows import slides
from convwise.graph.axes import BATCH, CHANNEL, Axis, Tensor
from convwise.graph.obligations import Must
from convwise.kinds.contract import Kind
from convwise.kinds.given_convolution import GivenConvolution
from convwise.kinds.matmul import Matmul
from convwise.kinds.merge import Merge


def _why(op: Op, *told: Tensor) -> NotClear:
    return NotClear(f"{op.name}: {NOT_READ[op.name]}", *told)


def _like(kind: Kind, *operands: Tensor) -> Tensor:
    """What a kind would return for these operands."""
    return kind.outputs(operands, Must())[0]


def _same(op: Op) -> Built:
    raise _why(op, tensor(op))


def _quantized(op: Op) -> Built:
    """The type is the zero point's, or an attribute."""
    said = op.integer("output_dtype", 0)
    dtype = element_type(said, op.name) if said else "uint8"
    raise _why(op, tensor(op).cast(tensor(op, 2).dtype if op.has(2) else dtype))


def _unquantized(op: Op) -> Built:
    said = op.integer("output_dtype", 0)
    raise _why(op, tensor(op).cast(element_type(said, op.name) if said else tensor(op, 1).dtype))


def _broadcast(op: Op) -> Built:
    raise _why(op, _like(Merge("add", False), tensor(op), tensor(op, 1)))


def _determinant(op: Op) -> Built:
    source = tensor(op)
    if source.rank < 2:
        raise broken("Det takes matrices, their axes are the last two")
    raise _why(op, source.with_axes(source.axes[:-2]))


def _products(op: Op) -> Built:
    """Matrices of whole numbers of few bits: x, y; or x, its scale and zero point, y, ..."""
    second = 1 if op.name == "MatMulInteger" else 3
    made = _like(Matmul(), tensor(op), tensor(op, second))
    raise _why(op, made.cast("int32" if second == 1 else tensor(op, 7).dtype))


def _convolution(op: Op) -> Built:
    place = 1 if op.name == "ConvInteger" else 3
    rank, roles = image(op)
    found = slides(op, window_of(op, rank, place))
    kind = GivenConvolution(*found[:4], op.integer("group", 1))
    made = _like(kind, tensor(op).viewed(roles), tensor(op, place))
    raise _why(op, made.cast("int32" if place == 1 else tensor(op, 7).dtype))


def _regions(op: Op) -> Built:
    """One image of a size per region: (regions, channels, height, width)."""
    source, regions = tensor(op), tensor(op, 1)
    if op.name == "RoiAlign":
        size = tuple([op.integer(f"output_{side}", 1) for side in ("height", "width")])
    else:
        size = op.integers("pooled_shape") or ()
    if source.rank != 4 or regions.rank != 2 or len(size) != 2 or min(size) < 1:
        raise broken(f"{op.name} takes images with 4 axes and rows of regions, and a size")
    count, channels = Axis(BATCH, regions.shape[0]), Axis(CHANNEL, source.shape[1])
    axes = (count, channels, Axis("height", size[0]), Axis("width", size[1]))
    raise _why(op, source.with_axes(axes))


ENTRIES = (
    Entry("ReverseSequence", _same),
    Entry("QuantizeLinear", _quantized),
    Entry("DequantizeLinear", _unquantized),
    Entry("BitShift", _broadcast),
    Entry("Det", _determinant),
    Entry("MatMulInteger", _products),
    Entry("QLinearMatMul", _products),
    Entry("ConvInteger", _convolution),
    Entry("QLinearConv", _convolution),
    Entry("RoiAlign", _regions),
    Entry("MaxRoiPool", _regions),
)
