"""Weights that layers of the file make for themselves: tensors of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.binding import first_unknown, not_known
from convwise.dialects.python.values import Abstract, At, Missing
from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL
from convwise.kinds.source import Parameter

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


@final
class Weight(Abstract):
    """A variable of a layer; `shape` is all of its sizes, `row` the layer that owns it."""

    def __init__(
        self, context: Context, row: int, name: str, shape: tuple[int, ...], trainable: bool
    ) -> None:
        self.context = context
        self.row = row
        self.name = name
        self.shape = shape
        self.trainable = trainable
        self.named = True
        self.used = False

    def describe(self) -> str:
        return f"the weight `{self.name}`"

    def symbol(self) -> Symbol:
        """Its value, as a node of the layer it belongs to."""
        self.used = True
        roles: list[str | None] = [None] * len(self.shape)
        if roles:
            roles[-1] = CHANNEL
        axes = tuple(zip(roles, self.shape, strict=True))
        kind = Parameter(self.name, axes, self.trainable)
        return Symbol(self.context, self.context.recording.add(kind, (), self.row, None)[0])

    def get(self, name: str, at: At) -> object:
        if name == "shape":
            return self.shape
        if name == "name":
            return self.name
        if name in ("assign", "assign_add", "assign_sub"):
            return self
        if name == "dtype":
            return "float32"
        raise Missing(name)

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        return self

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        return self.symbol().binary(op, other, reflected, at)

    def unary(self, op: str, at: At) -> object:
        return self.symbol().unary(op, at)

    def item(self, index: object, at: At) -> object:
        return self.symbol().item(index, at)


def new_weight(
    context: Context, row: int, args: list[object], kwargs: dict[str, Any], at: At
) -> Weight:
    """`self.add_weight(...)`: Keras 3 has the shape first, Keras 2 the name."""
    name = kwargs.get("name")
    shape = kwargs.get("shape", ())
    for one in args[:2]:
        if type(one) is str:
            name = one
        elif type(one) in (tuple, list):
            shape = one
    unknown = first_unknown(shape)
    if unknown is not None:
        raise not_known(unknown, "a weight needs it for its shape").at(line=at.line)
    sizes = (shape,) if type(shape) is int else shape
    if type(sizes) not in (tuple, list) or not all(type(one) is int for one in sizes):
        raise RuleError(
            f"the shape of a weight must be integers, found {shape!r:.40}",
            line=at.line,
            hint="the input's axis it is taken from must have a known size",
        )
    named = type(name) is str
    title = context.weight_name(row, str(name) if named else "variable")
    weight = Weight(context, row, title, tuple(sizes), kwargs.get("trainable") is not False)
    weight.named = named
    return weight
