"""Products of tensors summed over named indices; equations are read in einsum_equation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import FEATURE, Axis, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.dims import product as product_of
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.broadcasting import joined, without_doubles
from convwise.kinds.contract import CONTRACTION, NO_MACS, Example, Kept, Kind, Macs, Operands
from convwise.kinds.einsum_equation import ELLIPSIS, Equation, parse
from convwise.kinds.formula import Formula, number, product
from convwise.kinds.merged import placed_roles
from convwise.kinds.windows import WHOLE, Reach, Whole

_NONE: frozenset[str] = frozenset()
_TRAITS = frozenset({CONTRACTION})


class Step(NamedTuple):
    """What has been made so far, times one operand more.

    `kept`: labels of the result. `summed`: labels of both that are summed in the product; nothing
    but a product value by value where there are none. `before`: values added up beforehand, along
    labels that only one of the two has.
    """

    operand: int
    kept: tuple[str, ...]
    summed: tuple[str, ...]
    before: Dim


@dataclass(frozen=True, slots=True)
class Einsum(Kind):
    """Products of all operands, summed over the indices that the output does not have.

    `equation`: as in NumPy, PyTorch, TensorFlow and Keras, with or without output, with `...`,
    with repeated letters (diagonals), for one operand or more. Axes of size 1 are repeated.

    Operands are multiplied from left to right, as PyTorch does without opt_einsum; an index is
    summed as soon as no later operand has it, before the product where only one of the two has it.
    Multiply-adds of a product: all of its different indices' sizes, if one of them is summed; a
    product without sum is elementwise. The gradient costs as much for each of the two; those of
    results in between are inside of the node.

    Roles: an axis has that of the first operand with its index that has one; a role that is
    summed, or found twice, is given up.
    """

    name: ClassVar[str] = "einsum"
    summary: ClassVar[str] = "Multiplies tensors and sums over the indices that an equation names."

    equation: str

    @property
    def traits(self) -> frozenset[str]:
        """A contraction when inputs share a letter that the output has not."""
        return _TRAITS if self._contracts() else _NONE

    def _contracts(self) -> bool:
        given, arrow, output = self.equation.replace(" ", "").partition("->")
        terms = [set(term) - {"."} for term in given.split(",")]
        shared = {one for one in set().union(*terms) if sum(one in term for term in terms) > 1}
        dotted = sum(ELLIPSIS in term for term in given.split(",")) > 1
        if arrow and dotted and ELLIPSIS not in output:
            return True
        return bool(shared - set(output)) if arrow else bool(shared)

    def _parsed(self, operands: Operands) -> Equation:
        return parse(self.equation, tuple([operand.rank for operand in operands]))

    def _axes(self, operands: Operands, must: Must) -> dict[str, Axis]:
        """The axis of every index; sizes that differ must be one."""
        found: dict[str, Axis] = {}
        for operand, labels in zip(operands, self._parsed(operands).inputs, strict=True):
            for label, axis in zip(labels, operand.axes, strict=True):
                known = found.get(label)
                message = f'index {label} of "{self.equation}" has sizes {{0}} and {{1}}'
                hint = "an index has the same size everywhere, or 1"
                found[label] = axis if known is None else joined(known, axis, must, message, hint)
        return found

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if not operands:
            raise RuleError(f'the equation "{self.equation}" has no inputs')
        axes = self._axes(operands, must)
        output = self._parsed(operands).output
        summed = [axis for label, axis in axes.items() if label not in output]
        gone: set[str | None] = {role for axis in summed for role in placed_roles(axis)}
        made = without_doubles([axes[label] for label in output], gone - {FEATURE})
        return (operands[0].with_axes(made),)

    def steps(self, operands: Operands) -> list[Step]:
        """The products, one for every operand after the first."""
        equation = self._parsed(operands)
        sizes = self._sizes(operands)
        last = {label: equation.last_use(label) for label in sizes}
        done = set(equation.output)
        first = tuple(dict.fromkeys(equation.inputs[0]))
        alone = [label for label in first if last[label] == 0 and label not in done]
        before = _values(first, sizes) if alone else 0
        here = tuple([label for label in first if label not in alone])
        found = []
        for operand, labels in enumerate(equation.inputs[1:], 1):
            other = tuple(dict.fromkeys(labels))
            ends = {label for label in sizes if last[label] == operand and label not in done}
            for side, rest in ((here, other), (other, here)):
                if any(label in ends and label not in rest for label in side):
                    before = before + _values(side, sizes)
            summed = tuple([label for label in here if label in ends and label in other])
            here = tuple([label for label in dict.fromkeys((*here, *other)) if label not in ends])
            found.append(Step(operand, here, summed, before))
            before = 0
        return found

    def _sizes(self, operands: Operands) -> dict[str, Dim]:
        return {label: axis.dim for label, axis in self._axes(operands, Must()).items()}

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        return ()

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        if not self._contracts():
            return NO_MACS
        sizes = self._sizes(operands)
        shares: list[Dim] = [0] * len(operands)
        inner: Dim = 0
        for step in self.steps(operands):
            cost = _values((*step.kept, *step.summed), sizes) if step.summed else 0
            shares[step.operand] = cost
            if step.operand == 1:
                shares[0] = cost
            else:
                inner = inner + cost
        forward = inner + shares[1]
        return Macs(forward, forward * 2 - inner, 0, inner, tuple(shares))

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        """One for every value that is added up before a product, or multiplied without a sum."""
        sizes = self._sizes(operands)
        if len(operands) == 1:
            equation = self._parsed(operands)
            summed = set(equation.inputs[0]) != set(equation.output)
            return _values(tuple(dict.fromkeys(equation.inputs[0])), sizes) if summed else 0
        total: Dim = 0
        for step in self.steps(operands):
            total = total + step.before
            if not step.summed:
                total = total + _values(step.kept, sizes)
        return total

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        """All factors of products, those made in between too."""
        if len(operands) == 1:
            return ()
        found = [Kept("input", place) for place in range(len(operands))]
        sizes = self._sizes(operands)
        between = sum([_values(step.kept, sizes) for step in self.steps(operands)[:-1]])
        if len(operands) > 2:
            dtype = outputs[0].dtype
            found.append(Kept("extra", name="products", elements=between, dtype=dtype))
        return tuple(found)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """A summed axis is seen whole; one that has lost its role is no longer tracked."""
        equation = self._parsed(operands)
        shown = dict(zip(equation.output, self.outputs(operands, Must())[0].roles, strict=True))
        found: dict[str, Reach] = {}
        for label, axis in zip(equation.inputs[operand], operands[operand].axes, strict=True):
            if label not in shown:
                found.update(dict.fromkeys(placed_roles(axis), WHOLE))
            elif shown[label] != axis.role:
                found.update(dict.fromkeys(placed_roles(axis), Whole(partial=True)))
        return found

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        sizes = self._sizes(operands)
        steps = [step for step in self.steps(operands) if step.summed]
        if not self._contracts() or not steps:
            return {}
        total: Formula | None = None
        for step in steps:
            kept = product(*[number(sizes[label]) for label in step.kept])
            each = kept.times(product(*[number(sizes[label]) for label in step.summed]))
            total = each if total is None else total + each
        return {} if total is None else {"macs": total}

    def canonical(self, operands: Operands) -> Einsum:
        return Einsum(self._parsed(operands).text)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        text = tensor((1, 5, 8), ("batch", "time", "feature"))
        matrix = tensor((8, 3), (None, None))
        queries = tensor((1, 5, 2, 4), ("batch", "time", None, "feature"))
        heads = tensor((2, 4, 6), (None, None, None))
        image = tensor((1, 3, 4, 6), ("batch", "height", "width", "channel"))
        square = tensor((1, 4, 4), ("batch", None, None))
        return (
            Example(cls("bti,io->bto"), (text, matrix)),
            Example(cls("bqhd,bkhd->bhqk"), (queries, queries)),
            Example(cls("bthd,hdo->bto"), (queries, heads)),
            Example(cls("...i,io"), (image, matrix.with_dims({0: 6}))),
            Example(cls("bti,io,op->btp"), (text, matrix, tensor((3, 2), (None, None)))),
            Example(cls("b...c->bc"), (image,)),
            Example(cls("bii->bi"), (square,)),
            Example(cls("bhwc->bchw"), (image,)),
            Example(cls("bti,btj->btij"), (text, text)),
            Example(cls("bhwc,bd->bcd"), (image, tensor((1, 7), ("batch", "feature")))),
            Example(cls("bti,bsi->b"), (text, text)),
        )


def _values(labels: tuple[str, ...], sizes: dict[str, Dim]) -> Dim:
    return product_of([sizes[label] for label in labels])
