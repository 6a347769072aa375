"""The contract of a kind: every rule an operation must state; must never name a single kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, NamedTuple, Self

from convwise.graph.axes import Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.formula import Formula
from convwise.kinds.windows import Reach

Operands = tuple[Tensor, ...]

# Traits: what whole-graph questions may ask of a kind instead of its name.
SOURCE = "source"  # has no inputs
WINDOW = "window"  # looks at a neighbourhood
CONTRACTION = "contraction"  # multiply-adds over channels or features
RECTIFIER = "rectifier"  # can be zero with zero gradient for a whole range
BATCH_STATISTICS = "batch statistics"  # mixes examples of a batch in training
STOCHASTIC = "stochastic"  # random in training
VIEW = "view"  # moves no data: the output is the input under other axes
IN_ORDER = "in order"  # a view of values that lie in order in memory: of others a copy
IDENTITY = "identity"  # changes nothing: dropped from the canonical form
REORDERS = "reorders"  # puts the axes behind the batch into another order: a layout
MERGES_ALL = "merges all"  # makes one axis of all behind the batch: their order is a layout
NORMALISER = "normaliser"  # subtracts a mean or divides by a scale
DOWNSAMPLES = "downsamples"  # can return fewer positions than it sees
UNKNOWN = "unknown"  # an operation that is not in the catalog


class Macs(NamedTuple):
    """Multiply-adds of one node: forward, for its inputs' gradients, for its weights' gradient.

    `inner_gradient`: for gradients inside of the node that both of the others start from, as
    through time; not part of them. `shares`: the input gradient of each operand, where they are not
    all the same.
    """

    forward: Dim = 0
    input_gradient: Dim = 0
    weight_gradient: Dim = 0
    inner_gradient: Dim = 0
    shares: tuple[Dim, ...] = ()


NO_MACS = Macs()


class Kept(NamedTuple):
    """A tensor that the backward pass needs.

    `what` is "input" or "output" with its number `which`, or "extra" with its own size (a mask,
    indices, batch statistics), in elements of `dtype`.
    """

    what: str
    which: int = 0
    name: str = ""
    elements: Dim = 0
    dtype: str = "float32"


class Example(NamedTuple):
    """A legal use of a kind, for the contract test and the generated page."""

    kind: Kind
    operands: Operands


class Kind(ABC):
    """What an operation is: frozen hyperparameters and all rules, for `operands` as it sees them.

    Rules are pure. Sizes are exact dims. Rules other than `outputs` may assume that `outputs` has
    accepted the operands. Costs count what is in the shapes: with a batch axis of 1, one example.
    """

    __slots__ = ()

    #: The catalog's name: lower case, words joined by underscores.
    name: ClassVar[str]
    #: One sentence for the generated page.
    summary: ClassVar[str]

    @property
    @abstractmethod
    def traits(self) -> frozenset[str]:
        """What whole-graph questions may know of this kind (constants of this module)."""

    @abstractmethod
    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        """What comes out. Raises RuleError, through `must` where sizes may be symbolic."""

    @abstractmethod
    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        """Weights with named axes, in the order the textbook gives them (kernel before bias)."""

    @abstractmethod
    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        """Multiply-adds of contractions; padded positions count, bias and activations do not."""

    @abstractmethod
    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        """All other arithmetic of the forward pass: one per element and operation."""

    @abstractmethod
    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        """Which tensors the backward pass needs; weights are not listed."""

    @abstractmethod
    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """What an output sees of one operand, per spatial role; a role not named passes through."""

    @abstractmethod
    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        """Border pixels of the first operand that this operation never reads, per spatial role."""

    @abstractmethod
    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        """How the output's sizes (by role) and "parameters", "macs" come about; only what differs.

        Sizes that pass through unchanged have no formula; each formula's value equals the size.
        """

    @abstractmethod
    def canonical(self, operands: Operands) -> Kind:
        """The same operation with policies and defaults resolved for these operands.

        Usually of the same kind; what two kinds can say is said by one of them.
        """

    @classmethod
    @abstractmethod
    def examples(cls) -> tuple[Example, ...]:
        """Small legal uses, over all hyperparameters that change a rule."""


class Pointwise(Kind):
    """Shared rules of kinds that look at one position at a time and have no contraction."""

    __slots__ = ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        return NO_MACS

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}


class Weightless(Pointwise):
    """Shared rules of pointwise kinds without weights."""

    __slots__ = ()

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Self:
        return self


def parameter_formula(filters: Dim, per_filter: Formula, bias: bool) -> Formula:
    """`filters x (weights of one filter + 1)`; without the 1 when there is no bias."""
    one = Formula("number", (), filters)
    return one.times(per_filter + 1 if bias else per_filter)
