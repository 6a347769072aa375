"""Operations that nothing here knows: nodes that keep the shape that PyTorch tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

import torch
from convwise.dialects.torch.context import Context
from convwise.dialects.torch.live.ledger import dtype_name
from convwise.dialects.torch.live.rehearsal import NotFreeError
from convwise.dialects.torch.symbols import Symbol
from convwise.graph.axes import BATCH, BATCH_SYMBOL, DTYPE_BYTES, FREE_BATCH, Axis, Tensor
from convwise.graph.dims import Dim, symbol
from convwise.kinds.source import Unknown

Shapes = Sequence[tuple[int, ...]]


@final
class Unknowns:
    """Makes these nodes. `values`, `before`: the open sizes in this run and in the rehearsal."""

    def __init__(
        self, context: Context, values: Mapping[str, int], before: Mapping[str, int]
    ) -> None:
        self.context = context
        self.values = values
        self.before = before

    def operation(
        self,
        name: str,
        fed: Sequence[Symbol],
        results: Sequence[torch.Tensor],
        shapes: Shapes | None,
        row: int | None = None,
    ) -> list[Symbol]:
        """One operation on tensors of the network; `shapes`: of its results in the rehearsal."""
        recording = self.context.recording
        values = tuple([one.value() for one in fed])
        told = []
        for place, result in enumerate(results):
            old = shapes[place] if shapes is not None else tuple(result.size())
            told.append(self._tensor(result, old, fed))
        if row is None:
            row = recording.operation_row(name, None)
        recording.builder.begin_call(row)
        recording.refuses_unknown = False
        try:
            made = recording.add(Unknown(name, tuple(told)), values, row, None)
        finally:
            recording.refuses_unknown = True
        return [Symbol(self.context, one) for one in made]

    def _tensor(self, result: torch.Tensor, old: tuple[int, ...], fed: Sequence[Symbol]) -> Tensor:
        """What PyTorch says came out, its axes named where they are an operand's."""
        dtype = dtype_name(result.dtype)
        dtype = dtype if dtype in DTYPE_BYTES else "float32"
        new = tuple([int(one) for one in result.size()])
        if len(old) != len(new):
            raise NotFreeError("another number of axes")
        dims = tuple([self._dim(one, two) for one, two in zip(old, new, strict=True)])
        for one in fed:
            if one.dims == dims:
                return Tensor(one.tensor.axes, dtype)
        roles = [BATCH if dim == FREE_BATCH else None for dim in dims]
        if roles.count(BATCH) > 1:
            roles = [None] * len(dims)
        pairs = zip(roles, dims, strict=True)
        return Tensor(tuple([Axis(role, dim) for role, dim in pairs]), dtype)

    def _dim(self, old: int, new: int) -> Dim:
        """A size out of its two values: a constant, or a multiple of an open size and a rest."""
        if old == new:
            return new
        for name, value in self.values.items():
            change = value - self.before[name]
            slope = (new - old) // change if change else 0
            rest = new - slope * value
            proportional = slope and slope * self.before[name] + rest == old
            if proportional and (rest == 0 or set(self.values) == {BATCH_SYMBOL}):
                return symbol(name) * slope + rest
        raise NotFreeError("a size of something unknown")
