"""One operator of an ONNX model as the table sees it, and what the table says it stands for.

Plain records: must never read a file and never know what an operator means.

The table: `table.index.entry_of(domain, name)` gives the `table.entry.Entry` of an operator, or
None; its `built(op)` returns `Built`, or `Unclear` where an attribute or a value that is needed
cannot be known. Entries may raise RuleError for what ONNX forbids. An entry is called only when
every input that flows is of known shape, and not for what can be computed from constants alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import Tensor
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.kinds.contract import Kind

#: One exact number: an integer, a size over symbols, a fraction, or a truth value.
Number = Dim | float | bool
Sizes = tuple[int, ...]


class WeightRef(NamedTuple):
    """An initializer that nothing has computed with; it may have been rearranged.

    name: in the file; those of all initializers that are joined in it. shape: as this operator sees
    it. turned: behind a Transpose alone the places of its axes in the file: shape[i] is the file's
    axis turned[i].
    """

    name: str
    shape: Sizes
    dtype: str
    turned: Sizes = ()


class Operand(NamedTuple):
    """One input of an operator.

    tensor: its shape and type, always; the roles of a weight's or a constant's axes are None.
    constant: all its values in order of memory, exact, where they are known and are few (a value of
    rank 0 has one): ints, sizes over symbols, floats or bools. weight: the initializer it is, when
    its values come from the file. An operand with neither is what other operators have computed.
    Weights of very few values have both `constant` and `weight`.
    """

    tensor: Tensor
    constant: tuple[Number, ...] | None = None
    weight: WeightRef | None = None

    @property
    def shape(self) -> tuple[Dim, ...]:
        return self.tensor.shape

    @property
    def flows(self) -> bool:
        """Whether its values are computed by the network."""
        return self.constant is None and self.weight is None

    @property
    def scalar(self) -> Number | None:
        """The plain number that it is: one known value that nothing learns."""
        if self.constant is None or self.weight is not None or len(self.constant) != 1:
            return None
        return self.constant[0]


class TensorAttribute(NamedTuple):
    """A tensor written into an attribute; values as in `Operand.constant`."""

    shape: Sizes
    dtype: str
    values: tuple[Number, ...] | None


Attribute = int | float | str | tuple[int, ...] | tuple[float, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Op:
    """One node of a model.

    domain: "" for the standard operators. version: of the domain's operators as the model imports
    them. attributes: those written in the file. inputs: None where one is left out. outputs: their
    names, "" where nobody wants one.
    """

    name: str
    domain: str
    version: int
    attributes: Mapping[str, Attribute | TensorAttribute]
    inputs: tuple[Operand | None, ...]
    outputs: tuple[str, ...]

    def has(self, place: int) -> bool:
        """Whether this input is given."""
        return place < len(self.inputs) and self.inputs[place] is not None

    def input(self, place: int) -> Operand:
        """An input that must be there; RuleError when it is not."""
        found = self.inputs[place] if place < len(self.inputs) else None
        if found is None:
            raise RuleError(
                f"{self.name} needs {place + 1} inputs or more, its input {place} is not given",
                hint="the file breaks the operator's rules: export it again",
            )
        return found

    def wants(self, place: int) -> bool:
        """Whether an output has a name."""
        return place < len(self.outputs) and bool(self.outputs[place])

    def integer(self, name: str, default: int) -> int:
        """An attribute that is a whole number; RuleError when it is something else."""
        found = self.attributes.get(name, default)
        if type(found) is not int:
            raise self._wrong(name, "a whole number", found)
        return found

    def integers(self, name: str, default: Sizes | None = None) -> Sizes | None:
        """An attribute that is a list of whole numbers."""
        found = self.attributes.get(name, default)
        if found is None:
            return None
        if type(found) is not tuple or any(type(one) is not int for one in found):
            raise self._wrong(name, "a list of whole numbers", found)
        return tuple([one for one in found if type(one) is int])

    def number(self, name: str, default: float) -> float:
        """An attribute that is a number, as the shortest decimal that its 32 bits stand for."""
        found = self.attributes.get(name, default)
        if type(found) is not float and type(found) is not int:
            raise self._wrong(name, "a number", found)
        return found

    def numbers(self, name: str) -> tuple[float, ...] | None:
        """An attribute that is a list of numbers."""
        found = self.attributes.get(name)
        if found is None:
            return None
        if type(found) is not tuple or any(type(one) not in (int, float) for one in found):
            raise self._wrong(name, "a list of numbers", found)
        return tuple([one for one in found if type(one) is int or type(one) is float])

    def text(self, name: str, default: str) -> str:
        """An attribute that is a word."""
        found = self.attributes.get(name, default)
        if type(found) is not str:
            raise self._wrong(name, "a word", found)
        return found

    def texts(self, name: str) -> tuple[str, ...] | None:
        """An attribute that is a list of words."""
        found = self.attributes.get(name)
        if found is None:
            return None
        if type(found) is not tuple or any(type(one) is not str for one in found):
            raise self._wrong(name, "a list of words", found)
        return tuple([one for one in found if type(one) is str])

    def _wrong(self, name: str, wanted: str, found: object) -> RuleError:
        return RuleError(
            f"the attribute {name} of {self.name} is {wanted}, found {found!r:.60}",
            hint="the file breaks the operator's rules: export it again",
        )


class Made(NamedTuple):
    """An output of an earlier step of the same operator."""

    step: int
    output: int = 0


#: What a step takes or an operator gives: the operator's input of that number, or a step's output.
Source = int | Made


class Step(NamedTuple):
    """One operation that an operator stands for.

    operands: in the kind's order. An input that is a weight or a constant becomes a value of the
    network. views: the roles it gives its operands, None for "as they come". part: its name in the
    row, where an operator has several steps with weights.
    """

    kind: Kind
    operands: tuple[Source, ...]
    views: tuple[Roles | None, ...] = ()
    part: str = ""


class Held(NamedTuple):
    """The initializer that is a weight of a kind.

    input: the operator's. axes: names of the kind's axes in the order of the operator's input,
    where that is not the kind's order: ("in", "out") for the matrix of a MatMul. piece: which part
    of the initializer, where several weights share one ("forward").
    """

    input: int
    axes: tuple[str, ...] = ()
    piece: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """What an operator stands for.

    steps: in order. weights: what holds each weight that the steps' kinds ask for, by role, or by
    part and role: "kernel", "forward/kernel". outputs: the source of each of the operator's
    outputs, None where it is not known; by default the last step's outputs in order.
    An operator that changes nothing (Identity) may have outputs=(0,) and no steps.
    """

    steps: tuple[Step, ...] = ()
    weights: Mapping[str, Held] = field(default_factory=dict)
    outputs: tuple[Source | None, ...] | None = None


class Unclear(NamedTuple):
    """Why an operator cannot be known: "the shape given to Reshape is computed from values".

    told: its outputs, where its rules tell them although they do not tell its arithmetic.
    """

    what: str
    told: tuple[Tensor, ...] = ()
