"""A dense layer whose kernel is contracted as an equation says; the products are einsum's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL, FEATURE, Tensor, tensor
from convwise.graph.dims import Dim, product
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    CONTRACTION,
    NO_MACS,
    Example,
    Kept,
    Kind,
    Macs,
    Operands,
)
from convwise.kinds.einsum import Einsum
from convwise.kinds.einsum_equation import ELLIPSIS, Equation, parse
from convwise.kinds.formula import Formula, number
from convwise.kinds.positive import must_be_positive
from convwise.kinds.windows import Reach


@dataclass(frozen=True, slots=True)
class EinsumDense(Kind):
    """The input times a kernel, summed as `equation` says ("bti,io->bto"), and a bias.

    `equation` has two terms, the input's and the kernel's, and an output; `...` stands for further
    axes of input and output. `sizes`: (letter, size) of the kernel's axes that the input has not.
    `bias`: letters of the output that have a bias each; the bias has axes of size 1 for the
    output's other axes behind the first of them.

    Weights: "kernel", axes in the equation's order, named by its letters; "bias". Multiply-adds
    are einsum's; the gradients of the input and of the kernel cost as much each. The last axis
    comes out as channels when the input's last held channels, else as features, where the kernel
    makes it.
    """

    name: ClassVar[str] = "einsum_dense"
    summary: ClassVar[str] = "Sums the input times a kernel over the indices an equation names."

    equation: str
    sizes: tuple[tuple[str, int], ...] = ()
    bias: str = ""

    @property
    def traits(self) -> frozenset[str]:
        return Einsum(self.equation).traits

    def _parsed(self, source: Tensor) -> Equation:
        given, arrow, _ = self.equation.replace(" ", "").partition("->")
        terms = given.split(",")
        if len(terms) != 2 or not arrow or ELLIPSIS in terms[1]:
            raise RuleError(
                f'"{self.equation}" is no equation of an input, a kernel and an output',
                hint='such as "bti,io->bto", or "...i,io->...o"',
            )
        return parse(self.equation, (source.rank, len(terms[1])))

    def _kernel(self, source: Tensor) -> Tensor:
        """The kernel as einsum's second operand."""
        equation = self._parsed(source)
        labels, letters = equation.inputs
        known: dict[str, Dim] = dict(self.sizes)
        known.update(zip(labels, source.shape, strict=True))
        for letter in letters:
            if letter not in known:
                raise RuleError(f'the size of {letter} in "{self.equation}" is not given')
            if letter not in labels:
                must_be_positive(
                    dict(self.sizes)[letter], f'the size of {letter} in "{self.equation}"'
                )
        role = CHANNEL if source.roles[-1:] == (CHANNEL,) else FEATURE
        last = equation.output[-1:]
        roles = [role if (letter,) == last and letter not in labels else None for letter in letters]
        return tensor([known[letter] for letter in letters], roles)

    def _both(self, operands: Operands) -> Operands:
        return operands[0], self._kernel(operands[0])

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        both = self._both(operands)
        equation = self._parsed(operands[0])
        for letter in self.bias:
            if letter not in equation.output:
                raise RuleError(
                    f'a bias for {letter} is asked for, the output of "{self.equation}" has none'
                )
        return Einsum(self.equation).outputs(both, must)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        source = operands[0]
        equation = self._parsed(source)
        letters = equation.inputs[1]
        kernel = tuple(zip(letters, self._kernel(source).shape, strict=True))
        found = WeightSpec("kernel", kernel)
        if not self.bias:
            return (found,)
        return found, WeightSpec("bias", self._bias(operands))

    def _bias(self, operands: Operands) -> tuple[tuple[str, Dim], ...]:
        output = self._parsed(operands[0]).output
        sizes = self.outputs(operands, Must())[0].shape
        first = min([output.index(letter) for letter in self.bias])
        pairs = zip(output[first:], sizes[first:], strict=True)
        return tuple([(label, dim if label in self.bias else 1) for label, dim in pairs])

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        if CONTRACTION not in self.traits:
            return NO_MACS
        forward = Einsum(self.equation).macs(self._both(operands), outputs).forward
        return Macs(forward, forward, forward)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        before = Einsum(self.equation).elementwise_ops(self._both(operands), outputs)
        return before + outputs[0].elements if self.bias else before

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return Einsum(self.equation).reach(self._both(operands), 0)

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        kernel, *bias = self.weights(operands)
        parameters: Formula | None = None
        for _, dim in kernel.axes:
            parameters = number(dim) if parameters is None else parameters * dim
        found = parameters or number(1)
        if bias:
            found = found + product([dim for _, dim in bias[0].axes])
        return {
            "parameters": found,
            **Einsum(self.equation).formulas(self._both(operands), outputs),
        }

    def canonical(self, operands: Operands) -> EinsumDense:
        """Letters in the order in which they are met; sizes in the kernel's order."""
        equation = self._parsed(operands[0])
        new = dict(zip(_met(equation), _met(parse(equation.text, _ranks(equation))), strict=True))
        own = dict(self.sizes)
        labels, letters = equation.inputs
        sizes = tuple([(new[one], own[one]) for one in letters if one not in labels])
        bias = "".join([new[one] for one in equation.output if one in self.bias])
        return EinsumDense(equation.text, sizes, bias)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        text = tensor((1, 5, 8), ("batch", "time", "feature"))
        image = tensor((1, 3, 4, 6), ("batch", "height", "width", "channel"))
        heads = tensor((1, 5, 2, 4), ("batch", "time", None, "feature"))
        return (
            Example(cls("bti,io->bto", (("o", 3),), "o"), (text,)),
            Example(cls("bti,ihd->bthd", (("h", 2), ("d", 4)), "hd"), (text,)),
            Example(cls("bthd,hdo->bto", (("o", 6),)), (heads,)),
            Example(cls("...c,cd->...d", (("d", 7),), "d"), (image,)),
            Example(cls("bt...,ts->bs...", (("s", 3),), "s"), (text,)),
            Example(cls("bti,to->bo", (("o", 3),)), (text,)),
            Example(cls("bti,i->bti"), (text,)),
        )


def _met(equation: Equation) -> list[str]:
    """Labels in the order in which the inputs have them."""
    return list(dict.fromkeys([label for labels in equation.inputs for label in labels]))


def _ranks(equation: Equation) -> tuple[int, ...]:
    return tuple([len(labels) for labels in equation.inputs])
