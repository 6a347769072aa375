"""What an entry of the table is, and the pieces that entries are written with.

Must never hold the facts of one operator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from convwise.dialects.onnx.op import Built, Held, Made, Number, Op, Source, Step, Unclear
from convwise.errors import RuleError
from convwise.graph.axes import Tensor
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.kinds.contract import Kind

#: What an operator stands for; raises NotClear where it cannot be known.
Make = Callable[[Op], Built]


def broken(message: str) -> RuleError:
    """The error of a file that breaks an operator's rules."""
    return RuleError(message, hint="the file breaks the operator's rules: export it again")


class NotClear(Exception):  # noqa: N818 (an answer, not an error: the operator cannot be known)
    """Raised where something that is needed cannot be known; its text says what.

    told: what comes out, where that is known all the same.
    """

    def __init__(self, what: str, *told: Tensor) -> None:
        super().__init__(what)
        self.told = told


@final
@dataclass(frozen=True, slots=True)
class Entry:
    """One operator: its name and what it stands for."""

    name: str
    make: Make

    def built(self, op: Op) -> Built | Unclear:
        """The kinds of one use. RuleError for what ONNX forbids."""
        try:
            found = self.make(op)
        except NotClear as why:
            return Unclear(str(why), why.told)
        if found.outputs is None or len(found.outputs) == len(op.outputs):
            return found
        missing = (None,) * (len(op.outputs) - len(found.outputs))
        outputs = (*found.outputs, *missing)[: len(op.outputs)]
        return Built(found.steps, found.weights, outputs)


class Plan:
    """Steps of one operator under construction."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def add(
        self, kind: Kind, *operands: Source, views: Sequence[Roles | None] = (), part: str = ""
    ) -> Made:
        """One step more; its first output."""
        self.steps.append(Step(kind, operands, tuple(views), part))
        return Made(len(self.steps) - 1)

    def through(self, source: Source, kinds: Sequence[Kind]) -> Source:
        """Functions of one value after the other."""
        for kind in kinds:
            source = self.add(kind, source)
        return source

    def built(self, *outputs: Source | None, weights: Mapping[str, Held] | None = None) -> Built:
        """What the operator stands for; `outputs` are the sources of its outputs."""
        return Built(tuple(self.steps), weights or {}, outputs)


def chain(*kinds: Kind) -> Built:
    """Kinds of one operand, one after the other, on the first input; none change nothing."""
    plan = Plan()
    return plan.built(plan.through(0, kinds))


def one(
    kind: Kind,
    *operands: Source,
    views: Sequence[Roles | None] = (),
    weights: Mapping[str, Held] | None = None,
) -> Built:
    """A single operation."""
    return Built((Step(kind, operands, tuple(views)),), weights or {})


def given(op: Op, first: int = 0) -> tuple[int, ...]:
    """The numbers of all inputs from one on that are there."""
    return tuple([place for place in range(first, len(op.inputs)) if op.has(place)])


def tensor(op: Op, place: int = 0) -> Tensor:
    """The shape and type of an input that must be there."""
    return op.input(place).tensor


def is_weight(op: Op, place: int) -> bool:
    """Whether an input comes from the file as it is."""
    return op.has(place) and op.input(place).weight is not None


def values(op: Op, place: int, what: str) -> tuple[Number, ...]:
    """The values of an input, which must be known."""
    found = op.input(place).constant
    if found is None:
        raise NotClear(f"{what} of {op.name} is computed by the network")
    return found


def sizes(op: Op, place: int, what: str) -> tuple[Dim, ...]:
    """The values of an input as sizes: whole numbers, or symbols."""
    return tuple([size_of(op, value, what) for value in values(op, place, what)])


def size_of(op: Op, value: Number, what: str) -> Dim:
    if type(value) is float or type(value) is bool:
        raise NotClear(f"{what} of {op.name} is no whole number")
    return value  # type: ignore[return-value]


def integers(op: Op, place: int, what: str) -> tuple[int, ...]:
    """The values of an input as plain whole numbers."""
    found = values(op, place, what)
    plain = tuple([value for value in found if type(value) is int])
    if len(plain) != len(found):
        raise NotClear(f"{what} of {op.name} is not known as numbers")
    return plain


def integer(op: Op, place: int, what: str) -> int:
    """The one value of an input as a plain whole number."""
    found = only(op, place, what)
    if type(found) is not int:
        raise NotClear(f"{what} of {op.name} is not known as a whole number")
    return found


def only(op: Op, place: int, what: str) -> Number:
    """The one value of an input; RuleError where it has another number of them."""
    found = values(op, place, what)
    if len(found) != 1:
        raise RuleError(
            f"{what} of {op.name} is one number, found {len(found)}",
            hint="the file breaks the operator's rules: export it again",
        )
    return found[0]


def plain(value: Number | None) -> float | int | bool | None:
    """A number that is not a symbol; None for one that is."""
    return value if type(value) in (int, float, bool) else None  # type: ignore[return-value]


def positions(op: Op, axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """Axes counted from the front; RuleError for one that does not exist."""
    return tuple([position(op, axis, rank) for axis in axes])


def position(op: Op, axis: int, rank: int) -> int:
    if not -rank <= axis < rank:
        raise RuleError(
            f"{op.name} is told the axis {axis}, its input has {rank} axes",
            hint=f"axes are 0 to {rank - 1}, or -{rank} to -1 counted from the end",
        )
    return axis % rank
