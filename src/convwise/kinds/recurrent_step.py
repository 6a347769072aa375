"""One step of a recurrent network as an operation of its own; sequences are in recurrent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE, Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim, product, sum_dims
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import CONTRACTION, STOCHASTIC, Example, Kept, Kind, Macs, Operands
from convwise.kinds.formula import Formula
from convwise.kinds.formula import product as formula_product
from convwise.kinds.merged import placed_roles, unmerged
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.windowed import counted_axes
from convwise.kinds.windows import WHOLE, Reach

_TRAITS = frozenset({CONTRACTION})
_RANDOM = frozenset({CONTRACTION, STOCHASTIC})


@dataclass(frozen=True, slots=True)
class RecurrentCell(Kind):
    """One step of `cell`: a new state from an input and the last state.

    Operands: the input (batch, features), and, unless they are zero, the last hidden state (batch,
    hidden) and, of an LSTM, the last cell state (batch, units). Outputs: the new hidden state and,
    of an LSTM, the new cell state. Weights: as one layer and direction of a recurrent layer.
    Multiply-adds: gates*units x (input + hidden), also for a state of zeros.
    """

    name: ClassVar[str] = "recurrent_cell"
    summary: ClassVar[str] = "Makes a new state of an input and the last state, one step at a time."

    cell: Cell

    @property
    def traits(self) -> frozenset[str]:
        return _RANDOM if self.cell.stochastic else _TRAITS

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        cell = self.cell
        cell.must_exist()
        source = operands[0]
        if not source.axes:
            raise RuleError("a recurrent cell needs an input with features, found a single number")
        sizes = [cell.size_of(state) for state in cell.states]
        axes = source.axes[:-1]
        made = tuple([Tensor((*axes, Axis(FEATURE, size)), source.dtype) for size in sizes])
        if len(operands) not in (1, 1 + len(made)):
            raise RuleError(
                f"{len(made)} states are needed, {len(operands) - 1} are given",
                hint="an LSTM has a hidden and a cell state, other cells have a hidden one",
            )
        for given, state in zip(operands[1:], made, strict=False):
            if given.rank != state.rank:
                raise RuleError(f"a state {describe(state)} is needed, {describe(given)} is given")
            for one, two in zip(given.axes, state.axes, strict=True):
                must.equal(one.dim, two.dim, "a state has size {0} where {1} is needed")
        return made

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return self.cell.weights(operands[0].axes[-1].dim)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        examples = product(operands[0].shape[:-1])
        first = examples * self.cell.input_macs(operands[0].axes[-1].dim)
        state = examples * (self.cell.state_macs - self.cell.first_macs)
        inner = examples * (self.cell.projection_macs + self.cell.first_macs)
        shares = (first, state, 0)[: len(operands)]
        total = first + state + inner
        return Macs(total, sum_dims(shares), total, inner, shares)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        per_example = self.cell.operations(operands[0].axes[-1].dim)
        return product(operands[0].shape[:-1]) * per_example

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        source = operands[0]
        examples = product(source.shape[:-1])
        found = [Kept("input", index) for index in range(len(operands))]
        found.append(Kept("output"))
        if self.cell.kept:
            values = examples * self.cell.kept
            found.append(Kept("extra", 0, "gates", values, source.dtype))
        masks = self.cell.masks(source.axes[-1].dim)
        if masks != 0:
            found.append(Kept("extra", 0, "masks", examples * masks, "bool"))
        return tuple(found)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return dict.fromkeys(placed_roles(operands[operand].axes[-1]), WHOLE)

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        features = formula_product(*unmerged(operands[0].axes[-1]))
        examples = formula_product(*counted_axes(operands[0].axes[:-1]))
        return {
            "parameters": self.cell.parameter_formula(features),
            "macs": examples.times(self.cell.macs_formula(features)),
        }

    def canonical(self, operands: Operands) -> RecurrentCell:
        return RecurrentCell(self.cell.resolved())

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        word = tensor((1, 5), (BATCH, FEATURE))
        state = tensor((1, 4), (BATCH, FEATURE))
        dropping = Cell("lstm", 4, input_dropout=0.5)
        return (
            Example(cls(Cell("lstm", 4, bias_sets=2)), (word, state, state)),
            Example(cls(Cell("gru", 4, bias_sets=2)), (word, state)),
            Example(cls(Cell("simple", 4, bias=False)), (word,)),
            Example(cls(dropping), (word,)),
        )
