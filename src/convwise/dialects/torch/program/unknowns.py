"""Operations that nothing here knows: nodes that keep the shape that the program tells."""

from __future__ import annotations

from collections.abc import Sequence

from convwise.dialects.torch.context import Context
from convwise.dialects.torch.program.neutral import Meta
from convwise.dialects.torch.symbols import Symbol
from convwise.graph.axes import BATCH, DTYPE_BYTES, FREE_BATCH, Axis, Tensor
from convwise.kinds.source import Unknown


def unknown_operation(
    context: Context, name: str, fed: Sequence[Symbol], metas: Sequence[Meta], row: int | None
) -> list[Symbol]:
    """One operation on tensors of the network; `metas`: what the program says comes out."""
    recording = context.recording
    values = tuple([one.value() for one in fed])
    results = tuple([_tensor(meta, fed) for meta in metas])
    if row is None:
        row = recording.operation_row(name, None)
    recording.builder.begin_call(row)
    recording.refuses_unknown = False
    try:
        made = recording.add(Unknown(name, results), values, row, None)
    finally:
        recording.refuses_unknown = True
    return [Symbol(context, one) for one in made]


def _tensor(meta: Meta, fed: Sequence[Symbol]) -> Tensor:
    """What the program says came out, its axes named where they are an operand's."""
    dtype = meta.dtype if meta.dtype in DTYPE_BYTES else "float32"
    for one in fed:
        if one.known and one.dims == meta.shape:
            return Tensor(one.tensor.axes, dtype)
    roles = [BATCH if dim == FREE_BATCH else None for dim in meta.shape]
    if roles.count(BATCH) > 1:
        roles = [None] * len(roles)
    pairs = zip(roles, meta.shape, strict=True)
    return Tensor(tuple([Axis(role, dim) for role, dim in pairs]), dtype)
