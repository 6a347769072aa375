"""The cells of recurrent layers: gates, weights and arithmetic of one step; knows no sequence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from convwise.errors import RuleError
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.kinds.formula import Formula, as_formula, number
from convwise.kinds.positive import must_be_positive

#: Matrices that each cell multiplies its input with, one per gate or candidate.
GATES: Final = {"simple": 1, "lstm": 4, "gru": 3}

# Arithmetic of one step per unit, without sums of products and biases. Simple: the activation.
# LSTM: five activations, three products, one sum. GRU: three activations, r*h, and (1-z)*n + z*h.
_OPERATIONS: Final = {"simple": 1, "lstm": 9, "gru": 8}

# Values of one step per unit that backward needs besides the states: the gates, an LSTM's cell.
_KEPT: Final = {"simple": 0, "lstm": 5, "gru": 3}


@dataclass(frozen=True, slots=True)
class Cell:
    """One step of a recurrent network: what it makes of an input and its own last state.

    `name`: "simple" h = act(Wx + Uh + b); "lstm" (Hochreiter and Schmidhuber, 1997; with forget
    gate); "gru" (Cho et al., arXiv:1406.1078). `projection`: size of the hidden state of an LSTM
    that is projected (Sak et al., arXiv:1402.1128), 0 for none. `bias_sets`: 2 when input and
    recurrent products have a bias each; `joined_bias`: both are rows of one weight. `reset_after`:
    the GRU's reset gate comes after the recurrent product. `input_dropout`, `state_dropout`: shares
    of the input and of the hidden state set to zero in training, the same ones at every step.
    `update_first`: a GRU's weights have the rows of the update gate before those of the reset gate,
    as Keras keeps them; the network is the same.
    """

    name: str
    units: int
    projection: int = 0
    bias: bool = True
    bias_sets: int = 1
    joined_bias: bool = False
    reset_after: bool = True
    activation: str = "tanh"
    recurrent_activation: str = "sigmoid"
    input_dropout: float = 0.0
    state_dropout: float = 0.0
    update_first: bool = False

    @property
    def gates(self) -> int:
        """Values that one step computes for every unit from matrices."""
        return GATES[self.name]

    @property
    def hidden(self) -> int:
        """Size of the hidden state, which is also the output."""
        return self.projection or self.units

    @property
    def states(self) -> tuple[str, ...]:
        """What goes from one step to the next."""
        return ("hidden", "cell") if self.name == "lstm" else ("hidden",)

    def size_of(self, state: str) -> int:
        """Values of a state: an LSTM's cell is not projected."""
        return self.units if state == "cell" else self.hidden

    @property
    def stochastic(self) -> bool:
        return bool(self.input_dropout or self.state_dropout)

    @property
    def _sets(self) -> int:
        return self.bias_sets if self.bias else 0

    def must_exist(self) -> None:
        """RuleError unless the hyperparameters are of a cell."""
        if self.name not in GATES:
            raise RuleError(f'there is no recurrent cell "{self.name}"', hint=", ".join(GATES))
        must_be_positive(self.units, "the number of units")
        if self.bias_sets not in (1, 2):
            raise RuleError(f"a recurrent cell has 1 or 2 sets of biases, found {self.bias_sets}")
        if self.projection and self.name != "lstm":
            raise RuleError(
                f"only an LSTM has a projection, this is a {self.name} cell",
                hint="leave the projection out",
            )
        if self.projection and not 0 < self.projection < self.units:
            raise RuleError(
                f"the projection of {self.projection} must be smaller than its {self.units} units",
                hint="a projection makes the hidden state smaller",
            )
        for rate in (self.input_dropout, self.state_dropout):
            must_be_a_share(rate)

    def weights(self, features: Dim, suffix: str = "") -> tuple[WeightSpec, ...]:
        """Input kernel, recurrent kernel, biases, projection: `gates*units` outputs each."""
        wide = ("out", self.gates * self.units)
        made = [
            WeightSpec(f"kernel{suffix}", (wide, ("in", features))),
            WeightSpec(f"recurrent_kernel{suffix}", (wide, ("in", self.hidden))),
        ]
        if self._sets == 2 and self.joined_bias:
            made.append(WeightSpec(f"bias{suffix}", (("set", 2), wide)))
        else:
            names = ("bias", "recurrent_bias")[: self._sets]
            made.extend([WeightSpec(f"{name}{suffix}", (wide,)) for name in names])
        if self.projection:
            axes = (("out", self.projection), ("in", self.units))
            made.append(WeightSpec(f"projection{suffix}", axes))
        return tuple(made)

    def input_macs(self, features: Dim) -> Dim:
        """Multiply-adds of one step with its input."""
        return features * (self.gates * self.units)

    @property
    def state_macs(self) -> int:
        """Multiply-adds of one step with its last hidden state."""
        return self.gates * self.units * self.hidden

    @property
    def projection_macs(self) -> int:
        """Multiply-adds of one step's projection."""
        return self.projection * self.units

    @property
    def first_macs(self) -> int:
        """Multiply-adds of the first step's gradient of its state, also where it is not wanted.

        The reset gate of a GRU that comes before the product learns from the product's gradient.
        """
        early = self.name == "gru" and not self.reset_after
        return self.units * self.hidden if early else 0

    def operations(self, features: Dim) -> Dim:
        """All other arithmetic of one step: sums of products, biases, gates, dropout."""
        sums = (1 + self._sets) * self.gates * self.units
        total: Dim = sums + _OPERATIONS[self.name] * self.units
        if self.input_dropout:
            total = total + features
        return total + (self.hidden if self.state_dropout else 0)

    @property
    def kept(self) -> int:
        """Values of one step that backward needs besides input and hidden state.

        The gates; the LSTM's cell, and its hidden state before a projection; the recurrent product
        that the reset gate of a GRU multiplies.
        """
        found = _KEPT[self.name] * self.units
        if self.name == "gru" and self.reset_after:
            found += self.units
        return found + (self.units if self.projection else 0)

    def masks(self, features: Dim) -> Dim:
        """Random draws per example and direction."""
        drawn: Dim = features if self.input_dropout else 0
        return drawn + (self.hidden if self.state_dropout else 0)

    def parameter_formula(self, features: Formula | Dim) -> Formula:
        """`gates*units x (input + hidden + biases)`, and the projection's weights."""
        per_row = as_formula(features) + self.hidden
        if self._sets:
            per_row = per_row + self._sets
        return self._with_projection((number(self.gates) * self.units).times(per_row))

    def macs_formula(self, features: Formula | Dim) -> Formula:
        """`gates*units x (input + hidden)`, and the projection."""
        per_row = as_formula(features) + self.hidden
        return self._with_projection((number(self.gates) * self.units).times(per_row))

    def _with_projection(self, formula: Formula) -> Formula:
        if not self.projection:
            return formula
        return formula + number(self.projection) * self.units

    def resolved(self) -> Cell:
        """The same cell with what does not concern it at its default."""
        cell = replace(self, update_first=False) if self.update_first else self
        if self.name != "gru" and not self.reset_after:
            cell = replace(cell, reset_after=True)
        if self.name == "simple" and self.recurrent_activation != "sigmoid":
            cell = replace(cell, recurrent_activation="sigmoid")
        if not self.bias and (self.bias_sets, self.joined_bias) != (1, False):
            cell = replace(cell, bias_sets=1, joined_bias=False)
        return cell


def must_be_a_share(rate: float) -> None:
    """RuleError unless a dropout rate is one."""
    if not 0 <= rate <= 1:
        raise RuleError(
            f"a dropout rate of {rate} is outside of 0 to 1",
            hint="the rate is the share of values that are set to zero",
        )
