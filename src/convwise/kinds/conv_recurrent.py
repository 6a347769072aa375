"""The convolutional LSTM over a film: windows slide over space, a state goes through time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from convwise.errors import RuleError
from convwise.graph.axes import BATCH, CHANNEL, SPATIAL, Tensor, describe, tensor
from convwise.graph.dims import Dim, sum_dims
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    CONTRACTION,
    STOCHASTIC,
    WINDOW,
    Example,
    Kept,
    Kind,
    Macs,
    Operands,
)
from convwise.kinds.convolution import Convolution
from convwise.kinds.formula import Formula, number, product
from convwise.kinds.recurrent import TIME, seen_in_time
from convwise.kinds.recurrent_cells import must_be_a_share
from convwise.kinds.windowed import named_sizes, positions, taps
from convwise.kinds.windows import SAME, VALID, Padding, Reach, Slide, Whole

_TRAITS = frozenset({CONTRACTION, WINDOW})
_RANDOM = frozenset({CONTRACTION, WINDOW, STOCHASTIC})
_GATES: Final = 4
# Arithmetic and kept values per position and filter, as of an LSTM cell per unit.
_OPERATIONS: Final = 9
_KEPT: Final = 5
_PARTIAL: Final = Whole(partial=True)


@dataclass(frozen=True, slots=True)
class ConvLSTM(Kind):
    """An LSTM whose products are convolutions (Shi et al., arXiv:1506.04214, without peepholes).

    Input: axes of roles batch, time, channel and as many more spatial ones as the kernel has sizes;
    time stands before them. The input's convolution has `stride`, `dilation` and `padding`; the
    hidden state's slides over the output's positions with the same kernel, one step at a time and
    padded to keep its size. `returns`: "sequence", "last" (without time), "hidden", "cell", in
    order; further operands are the initial states, hidden before cell. Multiply-adds: steps x
    output positions x 4*filters x taps x (channels + filters); padded positions count.
    """

    name: ClassVar[str] = "conv_lstm"
    summary: ClassVar[str] = "An LSTM with convolutions: images go in, a state of images goes on."

    kernel: tuple[int, ...]
    filters: int
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: Padding = VALID
    bias: bool = True
    returns: tuple[str, ...] = ("sequence",)
    backwards: bool = False
    activation: str = "tanh"
    recurrent_activation: str = "sigmoid"
    input_dropout: float = 0.0
    state_dropout: float = 0.0

    @property
    def traits(self) -> frozenset[str]:
        return _RANDOM if self.input_dropout or self.state_dropout else _TRAITS

    def _input(self) -> Convolution:
        """What slides over the input, for one gate."""
        return Convolution(
            self.kernel, self.filters, self.stride, self.dilation, self.padding, bias=self.bias
        )

    def _sequence(self, operands: Operands, must: Must) -> Tensor:
        """The hidden states of all steps."""
        return self._input().outputs(operands[:1], must)[0]

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        self._must_exist(source)
        sequence = self._sequence(operands, must)
        state = sequence.with_axes([axis for axis in sequence.axes if axis.role != TIME])
        if len(operands) not in (1, 3):
            raise RuleError(f"2 initial states are needed, {len(operands) - 1} are given")
        for given in operands[1:]:
            if given.rank != state.rank:
                raise RuleError(
                    f"an initial state {describe(state)} is needed, {describe(given)} is given"
                )
            for one, two in zip(given.axes, state.axes, strict=True):
                must.equal(one.dim, two.dim, "an initial state has size {0} where {1} is needed")
        return tuple([sequence if name == "sequence" else state for name in self.returns])

    def _must_exist(self, source: Tensor) -> None:
        for rate in (self.input_dropout, self.state_dropout):
            must_be_a_share(rate)
        wrong = [one for one in self.returns if one not in ("sequence", "last", "hidden", "cell")]
        if wrong or not self.returns:
            raise RuleError(f"a convolutional LSTM cannot return {wrong}")
        time = source.position(TIME)
        if time > min(source.spatial(len(self.kernel))) or source.rank != len(self.kernel) + 3:
            raise RuleError(
                f"a convolutional LSTM with {len(self.kernel)} sizes of its kernel needs a film "
                f"(batch, time, space, channel), found {describe(source)}",
                hint="time comes before the spatial axes",
            )

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        source = operands[0]
        spatial = named_sizes(source, self.kernel)
        wide: tuple[str, Dim] = ("out", _GATES * self.filters)
        made = [
            WeightSpec("kernel", (wide, ("in", source.dim(CHANNEL)), *spatial)),
            WeightSpec("recurrent_kernel", (wide, ("in", self.filters), *spatial)),
        ]
        if self.bias:
            made.append(WeightSpec("bias", (wide,)))
        return tuple(made)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        """The gradient of the state before the first step is the initial hidden state's share."""
        source = operands[0]
        per_channel = self._sequence(operands, Must()).elements * (_GATES * taps(self.kernel))
        first = per_channel * source.dim(CHANNEL)
        later = per_channel * self.filters
        start = later // source.dim(TIME)
        shares = (first, start, 0)[: len(operands)]
        return Macs(first + later, sum_dims(shares), first + later, later - start, shares)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        values = self._sequence(operands, Must()).elements
        sums = _GATES * (2 if self.bias else 1)
        total = values * (sums + _OPERATIONS + (1 if self.state_dropout else 0))
        return total + (operands[0].elements if self.input_dropout else 0)

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        source = operands[0]
        values = self._sequence(operands, Must()).elements
        found = [Kept("input", index) for index in range(len(operands))]
        extra = _KEPT
        if "sequence" in self.returns:
            found.append(Kept("output", self.returns.index("sequence")))
        else:
            extra += 1
        found.append(Kept("extra", 0, "states and gates", values * extra, source.dtype))
        steps = source.dim(TIME)
        draws: Dim = values // steps if self.state_dropout else 0
        draws = draws + (source.elements // steps if self.input_dropout else 0)
        if draws != 0:
            found.append(Kept("extra", 0, "masks", draws, "bool"))
        return tuple(found)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """The input's window, widened by the state's at every step after the first.

        Where the windows leave gaps, or the number of steps is not known, which positions of space
        are seen is not tracked.
        """
        source = operands[0]
        if operand:
            return {role: _PARTIAL for role in operands[operand].roles if role in SPATIAL}
        steps = source.dim(TIME)
        causal = self.returns[0] == "sequence" and not self.backwards
        found: dict[str, Reach] = {TIME: seen_in_time(steps, causal)}
        for role, rule in self._input().reach(operands, 0).items():
            found[role] = _widened(rule, steps)
        return found

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return self._input().dropped(operands)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        source = operands[0]
        sequence = self._sequence(operands, Must())
        both = number(source.dim(CHANNEL)) + self.filters
        per_row = product(*self.kernel) * both
        rows = number(_GATES) * self.filters
        found = self._input().size_formulas(source)
        found["parameters"] = rows.times(per_row + 1 if self.bias else per_row)
        found["macs"] = product(*positions(sequence)).times(rows).times(per_row)
        return found

    def canonical(self, operands: Operands) -> ConvLSTM:
        resolved = self._input().canonical(operands[:1])
        return replace(self, dilation=resolved.dilation, padding=resolved.padding)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        film = tensor((1, 4, 6, 5, 3), (BATCH, TIME, "height", "width", CHANNEL))
        first = tensor((1, 3, 2, 7, 6), (BATCH, TIME, CHANNEL, "height", "width"))
        line = tensor((1, 4, 9, 2), (BATCH, TIME, "width", CHANNEL))
        space = tensor((1, 2, 4, 5, 6, 2), (BATCH, TIME, "depth", "height", "width", CHANNEL))
        state = tensor((1, 6, 5, 4), (BATCH, "height", "width", CHANNEL))
        one, every = (1, 1), ("last", "hidden", "cell")
        return (
            Example(cls((3, 3), 4, one, one, SAME), (film,)),
            Example(cls((3, 2), 4, (2, 1), one, bias=False, returns=("last",)), (first,)),
            Example(cls((3,), 2, (1,), (2,), returns=every, state_dropout=0.1), (line,)),
            Example(cls((2, 2, 2), 3, (1, 1, 1), (1, 1, 1), backwards=True), (space,)),
            Example(cls((3, 3), 4, one, one, SAME, input_dropout=0.2), (film, state, state)),
        )


def _widened(rule: Reach, steps: Dim) -> Reach:
    """A window, and after it one of as many taps and stride 1 for every step but the first."""
    if not isinstance(rule, Slide) or type(steps) is not int:
        return _PARTIAL
    if rule.kernel == 1:
        return rule
    if rule.dilation > 1 or rule.stride > rule.kernel:
        return _PARTIAL
    more = (steps - 1) * rule.stride
    kernel = rule.kernel + more * (rule.kernel - 1)
    return Slide(kernel, rule.stride, 1, rule.before + more * ((rule.kernel - 1) // 2))
