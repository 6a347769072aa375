"""What all kinds that normalise by statistics of the data share; must name no kind.

Receptive fields ignore the statistics, as the literature does: a normalisation passes positions
through, although a mean over space does depend, weakly, on every pixel.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import Tensor, describe
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import Kept, Operands, Pointwise
from convwise.kinds.formula import Formula, number, product


class Normaliser(Pointwise):
    """Shared rules: the shape stays, weights lie along some axes, statistics are kept.

    Further operands are a scale and a centre that are values of the network, with the axes that
    weights would have: one operation more per element each, unless they are folded in.
    """

    __slots__ = ()

    #: Operations per element for a scale or a centre that is given.
    ops_per_given: ClassVar[int] = 1

    @property
    @abstractmethod
    def ops_per_element(self) -> int:
        """Arithmetic per element at inference."""

    @abstractmethod
    def weighted(self, source: Tensor) -> tuple[int, ...]:
        """Positions of the axes that every weight has; RuleError when one is missing."""

    @abstractmethod
    def learned(self) -> tuple[str, ...]:
        """Names of the weights learned by gradient."""

    @abstractmethod
    def tracked(self) -> tuple[str, ...]:
        """Names of the statistics kept for inference."""

    @abstractmethod
    def measured(self, source: Tensor) -> Dim:
        """How many numbers (means, scales) are computed from the data."""

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        source = operands[0]
        found = [source.axes[position] for position in self.weighted(source)]
        axes = tuple([(axis.role or "feature", axis.dim) for axis in found])
        learned = [WeightSpec(role, axes) for role in self.learned()]
        tracked = [
            WeightSpec(role, axes, trainable=False, statistic=True) for role in self.tracked()
        ]
        return (*learned, *tracked)

    def must_fit(self, operands: Operands, must: Must) -> None:
        """RuleError when the axes are not there, or a scale or centre given has others."""
        source = operands[0]
        wanted = [source.axes[position] for position in self.weighted(source)]
        if len(operands) > 3:
            raise RuleError(f"an input, a scale and a centre are taken, {len(operands)} are given")
        for given in operands[1:]:
            if given.rank != len(wanted):
                raise RuleError(
                    f"the weight {describe(given)} has {given.rank} axes, {len(wanted)} are needed"
                )
            for one, two in zip(given.axes, wanted, strict=True):
                must.equal(one.dim, two.dim, "a weight has size {0} where the input has {1}")

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        given = self.ops_per_given * (len(operands) - 1)
        return outputs[0].elements * (self.ops_per_element + given)

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        source = operands[0]
        measured = Kept("extra", 0, "statistics", self.measured(source), source.dtype)
        scale = (Kept("input", 1),) if len(operands) > 1 else ()
        return (Kept("input"), *scale, measured)

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        """The parameters, moving statistics included (not every framework counts them)."""
        each = len(self.learned()) + len(self.tracked())
        if not each:
            return {}
        source = operands[0]
        sizes = [source.axes[position].dim for position in self.weighted(source)]
        return {"parameters": number(each).times(product(*sizes))}


class AnySize(Normaliser):
    """Normalisers for which the axes need to be there, of whatever size."""

    __slots__ = ()

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        self.must_fit(operands, must)
        return (operands[0],)


def learned_names(scale: bool, center: bool) -> tuple[str, ...]:
    """The names of scale and centre, where wanted."""
    names = (("gamma", scale), ("beta", center))
    return tuple([name for name, wanted in names if wanted])
