"""Recurrent layers over a whole sequence; the arithmetic of one step is in recurrent_cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from convwise.errors import RuleError
from convwise.graph.axes import BATCH, CHANNEL, FEATURE, Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim, sum_dims
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import CONTRACTION, STOCHASTIC, Example, Kept, Kind, Macs, Operands
from convwise.kinds.formula import Formula, number, product
from convwise.kinds.merged import placed_roles, unmerged
from convwise.kinds.positive import must_be_positive
from convwise.kinds.recurrent_cells import Cell, must_be_a_share
from convwise.kinds.windowed import counted_axes
from convwise.kinds.windows import WHOLE, Reach, Slide

TIME: Final = "time"
#: More layers than any network stacks in one operation.
MOST_LAYERS: Final = 1_000

_TRAITS = frozenset({CONTRACTION})
_RANDOM = frozenset({CONTRACTION, STOCHASTIC})
# How both directions are joined, and the elementwise operations this takes per value.
_MERGES: Final[dict[str | None, int]] = {"concat": 0, "sum": 1, "mul": 1, "ave": 2, None: 0}
_RETURNS: Final = ("sequence", "last", "hidden", "cell")


@dataclass(frozen=True, slots=True)
class Recurrent(Kind):
    """A recurrent network over a sequence: `layers` of `cell`, one after the other.

    Input: axes of roles batch (may be missing), time and, last, features or channels; the order of
    the first two is free. `returns` names what comes out, in order: "sequence" (the input's axes,
    the last one with the hidden values), "last" (without time), the final states "hidden" and, of
    an LSTM, "cell". `bidirectional` runs a second network backwards; `merge` joins the two for
    "sequence" and "last": "concat", "sum", "mul", "ave", or None for one tensor each. `backwards`:
    a single network runs from the end, and its sequence comes out in that order.

    States are (batch, features), one tensor per layer and direction; in `returns` all states of
    one direction come before those of the next. `stacked` states are one tensor of shape
    (layers*directions, batch, features) each. Further operands are initial states of these shapes:
    none or all, hidden before cell, directions in turn where they are not stacked.

    Weights per layer and direction: "kernel" (gates*units, in), "recurrent_kernel" (gates*units,
    hidden), "bias", "recurrent_bias" (gates*units each), "projection" (projection, units). Layer n
    above 0 adds "_n" to these names and the backward direction "_reverse": "kernel_1_reverse".

    Keras's LSTM(64) is Recurrent(Cell("lstm", 64), returns=("last",)). PyTorch's LSTM(28, 64, 2) is
    Recurrent(Cell("lstm", 64, bias_sets=2), 2, returns=("sequence", "hidden", "cell"),
    stacked=True), its input viewed as (time, batch, feature), or as (batch, time, feature) with
    batch_first, its states as (None, batch, feature).

    Multiply-adds: steps x gates*units x (input + hidden), and the projection, per layer and
    direction. The gradient through time goes back to the first step; to the states before it only
    where initial states are given that need one. Their product with the weights is counted, and
    the weights' gradient from it, also when they are zero.
    """

    name: ClassVar[str] = "recurrent"
    summary: ClassVar[str] = (
        "Reads a sequence step by step and carries a state from each to the next."
    )

    cell: Cell
    layers: int = 1
    bidirectional: bool = False
    merge: str | None = "concat"
    returns: tuple[str, ...] = ("sequence",)
    stacked: bool = False
    backwards: bool = False
    dropout: float = 0.0

    @property
    def traits(self) -> frozenset[str]:
        return _RANDOM if self.dropout or self.cell.stochastic else _TRAITS

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def _joined(self) -> bool:
        """Whether both directions come out in one tensor."""
        return not self.bidirectional or self.merge is not None

    @property
    def width(self) -> int:
        """Values at each position of what "sequence" and "last" return."""
        both = self.bidirectional and self.merge == "concat"
        return self.cell.hidden * (2 if both else 1)

    def _inner(self) -> int:
        """Input size of every layer but the first."""
        return self.cell.hidden * self.directions

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        self._must_exist()
        source = operands[0]
        _must_be_a_sequence(source)
        self._must_start(operands, must)
        made: list[Tensor] = []
        for name in self.returns:
            if name in ("sequence", "last"):
                made.extend([self._run(source, name)] * (1 if self._joined else 2))
            elif self.stacked:
                made.append(self._state(source, name))
        if not self.stacked:
            states = [name for name in self.returns if name in self.cell.states]
            each = [self._state(source, name) for name in states]
            made.extend(each * (self.layers * self.directions))
        return tuple(made)

    def _must_exist(self) -> None:
        self.cell.must_exist()
        must_be_positive(self.layers, "the number of recurrent layers")
        if self.layers > MOST_LAYERS:
            raise RuleError(f"{self.layers} recurrent layers are more than {MOST_LAYERS:,}")
        if self.merge not in _MERGES:
            words = ", ".join([str(word) for word in _MERGES])
            raise RuleError(f'directions are not merged by "{self.merge}"', hint=words)
        if self.layers > 1 and self.bidirectional and self.merge != "concat":
            raise RuleError(
                f"both directions of {self.layers} layers are concatenated, not merged by "
                f"{self.merge}",
                hint="stack single layers to merge them in another way",
            )
        must_be_a_share(self.dropout)
        wrong = [one for one in self.returns if one not in ("sequence", "last", *self.cell.states)]
        if wrong or not self.returns:
            raise RuleError(
                f"a recurrent layer of {self.cell.name} cells cannot return {wrong}",
                hint=", ".join(_RETURNS),
            )

    def _must_start(self, operands: Operands, must: Must) -> None:
        """Initial states, when they are given, have the shapes of the final ones."""
        if len(operands) == 1:
            return
        wanted = [self._state(operands[0], name) for name in self.cell.states]
        if not self.stacked:
            wanted = wanted * (self.layers * self.directions)
        if len(operands) - 1 != len(wanted):
            raise RuleError(
                f"{len(wanted)} initial states are needed, {len(operands) - 1} are given",
                hint="an LSTM starts from a hidden and a cell state, other cells from a hidden one",
            )
        for given, state in zip(operands[1:], wanted, strict=True):
            if given.rank != state.rank:
                raise RuleError(
                    f"an initial state {describe(state)} is needed, {describe(given)} is given"
                )
            for one, two in zip(given.axes, state.axes, strict=True):
                must.equal(one.dim, two.dim, "an initial state has size {0} where {1} is needed")

    def _run(self, source: Tensor, what: str) -> Tensor:
        axes = [axis for axis in source.axes[:-1] if what == "sequence" or axis.role != TIME]
        role = CHANNEL if source.axes[-1].role == CHANNEL else FEATURE
        return Tensor((*axes, Axis(role, self.width)), source.dtype)

    def _state(self, source: Tensor, name: str) -> Tensor:
        axes = [axis for axis in source.axes if axis.role == BATCH]
        if self.stacked:
            axes.insert(0, Axis(None, self.layers * self.directions))
        return Tensor((*axes, Axis(FEATURE, self.cell.size_of(name))), source.dtype)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        made: list[WeightSpec] = []
        for layer in range(self.layers):
            features = self._inner() if layer else operands[0].axes[-1].dim
            suffix = f"_{layer}" if layer else ""
            for direction in ("", "_reverse")[: self.directions]:
                made.extend(self.cell.weights(features, suffix + direction))
        return tuple(made)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        """The gradient of the states before the first step is the initial states' share."""
        source, cell = operands[0], self.cell
        runs = _positions(source) * self.directions
        first = runs * cell.input_macs(source.axes[-1].dim)
        later = runs * (cell.state_macs + cell.projection_macs) * self.layers
        if self.layers > 1:
            later = later + runs * cell.input_macs(self._inner()) * (self.layers - 1)
        start = _examples(source) * self.directions * self.layers
        unwanted = start * (cell.state_macs - cell.first_macs)
        shares = (first, *self._start_shares(len(operands) - 1, unwanted))
        return Macs(first + later, sum_dims(shares), first + later, later - unwanted, shares)

    def _start_shares(self, count: int, gradient: Dim) -> list[Dim]:
        """The initial states' parts of their gradient: cell states need no product."""
        if not count:
            return []
        states = self.cell.states
        each = gradient if self.stacked else gradient // (self.layers * self.directions)
        return [each if place % len(states) == 0 else 0 for place in range(count)]

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        source = operands[0]
        steps = _positions(source)
        runs = steps * self.directions
        total = runs * self.cell.operations(source.axes[-1].dim)
        if self.layers > 1:
            per_step = self.cell.operations(self._inner())
            total = total + runs * per_step * (self.layers - 1)
        if self.dropout:
            total = total + steps * self._inner() * (self.layers - 1)
        if self.bidirectional:
            for name in self.returns:
                if name in ("sequence", "last"):
                    values = self._run(source, name).elements
                    total = total + values * _MERGES[self.merge]
        return total

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        """Inputs, hidden states and gates of all steps; the last layer's states as they come out.

        Hidden states that are not returned one by one are extras.
        """
        source = operands[0]
        runs = _positions(source) * self.directions
        found = [Kept("input", index) for index in range(len(operands))]
        hidden = self.layers
        if "sequence" in self.returns and self.merge in ("concat", None):
            hidden -= 1
            found.extend([Kept("output", index) for index in self._sequences()])
        values = (hidden * self.cell.hidden + self.layers * self.cell.kept) * runs
        if hidden * self.cell.hidden + self.layers * self.cell.kept:
            found.append(Kept("extra", 0, "states and gates", values, source.dtype))
        draws = self._draws(source)
        if draws != 0:
            found.append(Kept("extra", 0, "masks", draws, "bool"))
        return tuple(found)

    def _sequences(self) -> range:
        """The numbers of the outputs that are whole sequences."""
        each = 1 if self._joined else 2
        before = 0
        for name in self.returns:
            if name == "sequence":
                break
            before += each if name == "last" else int(self.stacked)
        return range(before, before + each)

    def _draws(self, source: Tensor) -> Dim:
        """Random draws: dropout inside of cells once per example, between layers at every step."""
        steps = _positions(source)
        per_example = self.cell.masks(source.axes[-1].dim)
        if self.layers > 1:
            per_example = per_example + self.cell.masks(self._inner()) * (self.layers - 1)
        draws = per_example * self.directions * _examples(source)
        between = self._inner() * (self.layers - 1) if self.dropout else 0
        return draws + steps * between

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Every state sees all; a sequence that runs forwards sees each step's past, as causal."""
        found: dict[str, Reach] = dict.fromkeys(placed_roles(operands[operand].axes[-1]), WHOLE)
        if operand == 0:
            causal = self.returns[0] == "sequence" and not (self.bidirectional or self.backwards)
            found[TIME] = seen_in_time(operands[0].dim(TIME), causal)
        return found

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        features = product(*unmerged(operands[0].axes[-1]))
        positions = counted_axes(operands[0].axes[:-1])
        return {
            "parameters": self._over_layers(
                self.cell.parameter_formula(features), self.cell.parameter_formula(self._inner())
            ),
            "macs": product(*positions).times(
                self._over_layers(
                    self.cell.macs_formula(features), self.cell.macs_formula(self._inner())
                )
            ),
        }

    def _over_layers(self, first: Formula, later: Formula) -> Formula:
        """Both directions of the first layer, and of all that follow it."""
        if self.bidirectional:
            first = number(2).times(first)
        if self.layers == 1:
            return first
        count = (self.layers - 1) * self.directions
        return first + (number(count).times(later) if count > 1 else later)

    def canonical(self, operands: Operands) -> Recurrent:
        merge = self.merge if self.bidirectional else "concat"
        backwards = self.backwards and not self.bidirectional
        dropout = self.dropout if self.layers > 1 else 0.0
        cell = self.cell.resolved()
        return replace(self, cell=cell, merge=merge, backwards=backwards, dropout=dropout)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        text = tensor((1, 6, 5), (BATCH, TIME, FEATURE))
        sound = tensor((1, 7, 4), (BATCH, TIME, CHANNEL))
        turned = tensor((7, 1, 4), (TIME, BATCH, FEATURE))
        start = tensor((4, 1, 3), (None, BATCH, FEATURE))
        every = ("sequence", "hidden", "cell")
        both = Cell("lstm", 3, bias_sets=2)
        joined = Cell("gru", 4, bias_sets=2, joined_bias=True)
        narrow = Cell("lstm", 6, 2, bias_sets=2)
        random = Cell("lstm", 3, input_dropout=0.2, state_dropout=0.1)
        return (
            Example(cls(Cell("lstm", 8)), (text,)),
            Example(cls(Cell("simple", 4), returns=("last",)), (text,)),
            Example(cls(joined, backwards=True), (sound,)),
            Example(
                cls(Cell("gru", 4, reset_after=False, bias=False, update_first=True)), (sound,)
            ),
            Example(cls(both, 2, True, returns=every, stacked=True, dropout=0.5), (turned,)),
            Example(cls(both, 2, True, returns=every, stacked=True), (turned, start, start)),
            Example(cls(narrow, 3, returns=every, stacked=True), (turned,)),
            Example(cls(random, 1, True, "sum", ("last", "hidden", "cell")), (text,)),
            Example(cls(Cell("simple", 4), 1, True, None), (text,)),
            Example(cls(Cell("gru", 4), 1, True, "ave"), (text,)),
        )


def seen_in_time(steps: Dim, causal: bool) -> Reach:
    """What an output sees of the steps: all; of a sequence that runs forwards, those before it."""
    return Slide(steps, 1, 1, steps - 1) if causal and type(steps) is int else WHOLE


def _must_be_a_sequence(source: Tensor) -> None:
    """RuleError unless the axes are batch (or not), time and, last, features."""
    leading = [role for role in source.roles[:-1] if role != BATCH]
    if leading != [TIME] or source.axes[-1].role in (TIME, BATCH) or source.rank > 3:
        raise RuleError(
            f"a recurrent layer needs a sequence (batch, time, features), found {describe(source)}",
            hint="reshape the input so that each example is (time, features)",
        )


def _positions(source: Tensor) -> Dim:
    """Steps times examples."""
    return source.dim(TIME) * _examples(source)


def _examples(source: Tensor) -> Dim:
    sizes = [axis.dim for axis in source.axes[:-1] if axis.role == BATCH]
    return sizes[0] if sizes else 1
