"""Activations: functions of single values, gates, learned slopes; knows no layer names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import BATCH, AxisRef, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import WeightSpec
from convwise.graph.obligations import Must
from convwise.kinds.contract import (
    IDENTITY,
    NO_MACS,
    RECTIFIER,
    Example,
    Kept,
    Kind,
    Macs,
    Operands,
)
from convwise.kinds.formula import Formula, floor_div, product
from convwise.kinds.merged import placed_roles
from convwise.kinds.plain import Plain, references
from convwise.kinds.windows import Reach, Whole

_NONE: frozenset[str] = frozenset()
_RECTIFIER = frozenset({RECTIFIER})
_IDENTITY = frozenset({IDENTITY})

#: Names and values of a function's own numbers; None where there is no such bound.
Numbers = tuple[tuple[str, float | None], ...]


class Function(NamedTuple):
    """What is known of an activation function.

    `needs`: what its derivative is computed from, "input", "output" or "" when it is constant;
    `defaults`: every number it takes, with its usual value; `flat`: zero, with zero gradient, for
    all inputs below some value.
    """

    needs: str = "input"
    defaults: Numbers = ()
    flat: bool = False


#: Every activation function by its canonical name.
FUNCTIONS: dict[str, Function] = {
    "linear": Function(""),
    "relu": Function("output", (("slope", 0.0), ("max_value", None), ("threshold", 0.0)), True),
    "relu6": Function(flat=True),
    "leaky_relu": Function(defaults=(("slope", 0.01),)),
    "elu": Function(defaults=(("alpha", 1.0),)),
    "celu": Function(defaults=(("alpha", 1.0),)),
    "selu": Function(),
    "gelu": Function(defaults=(("approximate", False),)),
    "sigmoid": Function("output"),
    "hard_sigmoid": Function(defaults=(("slope", 1 / 6), ("offset", 0.5))),
    "sparse_sigmoid": Function(),
    "log_sigmoid": Function(),
    "silu": Function(),
    "hard_silu": Function(),
    "mish": Function(),
    "tanh": Function("output"),
    "hard_tanh": Function(defaults=(("min_value", -1.0), ("max_value", 1.0))),
    "tanh_shrink": Function(),
    "softplus": Function(defaults=(("beta", 1.0),)),
    "softsign": Function(),
    "soft_shrink": Function(defaults=(("threshold", 0.5),)),
    "hard_shrink": Function(defaults=(("threshold", 0.5),)),
    "threshold": Function(defaults=(("threshold", 0.0), ("value", 0.0)), flat=True),
    "exponential": Function("output"),
    "squareplus": Function(defaults=(("b", 4.0),)),
    "sparse_plus": Function(flat=True),
}


@dataclass(frozen=True, slots=True)
class Activation(Plain):
    """A function of every single value, counted as one operation each.

    Names, and the numbers that `parameters` may give, are those of `FUNCTIONS`; a dialect
    translates its own. `relu` with a slope is leaky, with a `max_value` clipped; values below
    `threshold` become slope*(x - threshold).
    """

    name: ClassVar[str] = "activation"
    summary: ClassVar[str] = "Applies one function to every value."

    function: str
    parameters: Numbers = ()

    @property
    def traits(self) -> frozenset[str]:
        if self.function == "linear":
            return _IDENTITY
        if not FUNCTIONS[self.function].flat:
            return _NONE
        leaky = self.parameters and dict(self.parameters).get("slope")
        return _NONE if leaky else _RECTIFIER

    def resolved(self) -> Numbers:
        """Every number of the function, defaults included, in the table's order."""
        given = dict(self.parameters)
        defaults = FUNCTIONS[self.function].defaults
        return tuple([(name, given.get(name, value)) for name, value in defaults])

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        function = FUNCTIONS.get(self.function)
        if function is None:
            raise RuleError(
                f'there is no activation function named "{self.function}"',
                hint="it is one of " + ", ".join(FUNCTIONS),
            )
        if self.parameters:
            self._check(function)
        return (operands[0],)

    def _check(self, function: Function) -> None:
        known = [name for name, _ in function.defaults]
        for name, _ in self.parameters:
            if name not in known:
                raise RuleError(
                    f'the activation {self.function} takes no number named "{name}"',
                    hint="it takes " + (", ".join(known) or "none"),
                )

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return 0 if self.function == "linear" else outputs[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        needs = FUNCTIONS[self.function].needs
        if needs and self.parameters and self.resolved() != FUNCTIONS[self.function].defaults:
            needs = "input"
        return (Kept(needs),) if needs else ()

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {}

    def canonical(self, operands: Operands) -> Activation:
        """All numbers written out; one name each for what `relu`, `relu6`, `leaky_relu` share."""
        if self.function == "relu6":
            return Activation("relu", (("slope", 0.0), ("max_value", 6.0), ("threshold", 0.0)))
        numbers = self.resolved()
        if self.function == "leaky_relu":
            return Activation("relu", (*numbers, ("max_value", None), ("threshold", 0.0)))
        return Activation(self.function, numbers)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = (tensor((1, 5, 6, 4), ("batch", "height", "width", "channel")),)
        clipped = cls("relu", (("max_value", 6.0), ("slope", 0.1)))
        return (*[Example(cls(name), image) for name in FUNCTIONS], Example(clipped, image))


@dataclass(frozen=True, slots=True)
class GLU(Plain):
    """Gated linear unit: the first half of an axis times the sigmoid of its second half.

    Source: Dauphin et al., Language Modeling with Gated Convolutional Networks (2017).
    """

    name: ClassVar[str] = "glu"
    summary: ClassVar[str] = "Multiplies one half of an axis by the sigmoid of the other."

    axis: AxisRef = -1

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        place = source.locate(self.axis)
        dim = source.axes[place].dim
        role = source.axes[place].role or f"axis {place}"
        must.divides(dim, 2, f"{role} has size {{0}}, a gate needs two halves")
        return (source.with_dims({place: dim // 2}),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        """A sigmoid and a product for every output value."""
        return outputs[0].elements * 2

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        axis = operands[0].axes[operands[0].locate(self.axis)]
        return dict.fromkeys(placed_roles(axis), Whole(partial=True))

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        axis = operands[0].axes[operands[0].locate(self.axis)]
        return {axis.role: floor_div(axis.dim, 2)} if axis.role else {}

    def canonical(self, operands: Operands) -> GLU:
        return GLU(operands[0].reference(operands[0].locate(self.axis)))

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 5, 6, 4), ("batch", "height", "width", "channel"))
        return (Example(cls(), (image,)), Example(cls("width"), (image,)))


@dataclass(frozen=True, slots=True)
class PReLU(Kind):
    """Rectifier with a learned slope below zero; `shared` axes have one slope in common.

    The weight `alpha` has the axes of one example, with size 1 where slopes are shared; a `compact`
    one has only the axes along which slopes differ, or one of size 1. Source: He et al., Delving
    Deep into Rectifiers (2015).
    """

    name: ClassVar[str] = "prelu"
    summary: ClassVar[str] = "Rectifies with a learned slope for negative values."

    shared: tuple[AxisRef, ...] = ()
    compact: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        for ref in self.shared:
            operands[0].locate(ref)
        return (operands[0],)

    def weights(self, operands: Operands) -> tuple[WeightSpec, ...]:
        source = operands[0]
        shared = {source.locate(ref) for ref in self.shared}
        own = [
            (axis.role or f"axis{place}", 1 if place in shared else axis.dim)
            for place, axis in enumerate(source.axes)
            if axis.role != BATCH and not (self.compact and place in shared)
        ]
        return (WeightSpec("alpha", tuple(own or [("slope", 1)])),)

    def macs(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Macs:
        return NO_MACS

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return (Kept("input"),)

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        return {}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        return {"parameters": product(*[dim for _, dim in self.weights(operands)[0].axes])}

    def canonical(self, operands: Operands) -> PReLU:
        source = operands[0]
        shared = {source.locate(ref) for ref in self.shared}
        shared.discard(source.position(BATCH) if BATCH in source.roles else -1)
        return PReLU(references(source, shared), self.compact)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = tensor((1, 5, 6, 4), ("batch", "height", "width", "channel"))
        return (
            Example(cls(), (image,)),
            Example(cls((1, 2)), (image,)),
            Example(cls(("height", "width", "channel")), (image,)),
            Example(cls(("height", "width"), compact=True), (image,)),
            Example(cls((1, 2, 3), compact=True), (image,)),
        )
