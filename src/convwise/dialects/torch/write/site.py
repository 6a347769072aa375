"""One operation while it is written: what it is given, in which order, and what it may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, final

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.text import Code, literal, method
from convwise.errors import RuleError
from convwise.graph.axes import Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import Node, Value, WeightSpec

if TYPE_CHECKING:
    from convwise.dialects.torch.write.writer import Writer


class Given(NamedTuple):
    """One output: its source text and the order of its axes.

    `atom`: a name or an attribute, that needs no statement of its own.
    """

    text: Code
    order: Order
    atom: bool = False


class GivenAll(NamedTuple):
    """Several outputs: the text and the order of each."""

    texts: tuple[Code, ...]
    orders: tuple[Order, ...]


@final
@dataclass(slots=True)
class Site:
    """What the writer of a kind sees of the network around one node."""

    writer: Writer
    index: int
    node: Node
    taken: set[int] = field(default_factory=set)

    @property
    def operands(self) -> tuple[Tensor, ...]:
        return self.node.operands

    @property
    def source(self) -> Tensor:
        """The first input."""
        return self.node.operands[0]

    @property
    def made(self) -> Tensor:
        """The first output."""
        return self.node.outputs[0]

    @property
    def dialect(self) -> str:
        return self.writer.graph.dialect

    @property
    def shared(self) -> bool:
        """Whether other operations use the same weights."""
        return self.writer.modules.shared(self.node)

    @property
    def unseen(self) -> bool:
        """Whether nothing uses the first output."""
        return self.writer.forward.uses(Value(self.index)) == 0

    def order(self, which: int = 0) -> Order:
        """The order in which an input is kept now."""
        return self.writer.order_of[self.node.inputs[which]]

    def arg(self, which: int = 0, order: Order | None = None, *, inline: bool = False) -> Code:
        """The text of an input, its axes in the wanted order.

        inline: the operation reads well around a whole expression.
        """
        self.taken.add(which)
        text = self.writer.forward.take(self.node.inputs[which], inline=inline)
        now = self.order(which)
        if order is None or now == order:
            return text
        return method(text, "permute", *orders.steps(now, order))

    def named(self, which: int = 0, order: Order | None = None) -> Code:
        """A name for an input, for texts that mention it several times."""
        text = self.arg(which, order)
        return text if text.isidentifier() else self.writer.forward.bound(text, "turned")

    def place(self, ref: int | str, which: int = 0, order: Order | None = None) -> int:
        """Where an axis of an input, named as kinds name axes, stands in PyTorch."""
        now = self.order(which) if order is None else order
        return now.index(self.operands[which].locate(ref))

    def module(
        self,
        constructor: Code,
        hint: str = "",
        paths: Mapping[str, str] = MappingProxyType({}),
        rows: tuple[int, ...] = (),
    ) -> Code:
        """`self.name` of a module; `paths` gives the attribute of each weight, by its role.

        rows: PyTorch's order of a recurrent cell's gates, where it is another one.
        """
        specs = self.node.kind.weights(self.operands)
        pairs = tuple([(spec, paths[spec.role]) for spec in specs])
        return self.writer.modules.module(self.node, constructor, hint, pairs, rows)

    def specs(self) -> tuple[WeightSpec, ...]:
        """The weights of the operation, in the order of `node.weights`."""
        found: tuple[WeightSpec, ...] = self.node.kind.weights(self.operands)
        return found

    def helper(self, name: str) -> str:
        """The name of a helper, which then is part of the file."""
        self.writer.helpers.add(name)
        return name

    def weight(self, role: str, start: Code) -> Code:
        """`self.name` of a weight that no module of PyTorch holds."""
        specs = self.specs()
        place = next(index for index, spec in enumerate(specs) if spec.role == role)
        weight = self.node.weights[place]
        return self.writer.modules.value(self.node, start, weight, specs[place].axes, role)

    def unpacked(self, text: Code, *wanted: str) -> tuple[Code, ...]:
        """Names for the parts of a tuple."""
        names = [self.writer.forward.new_name(name) for name in wanted]
        self.writer.forward.statement(f"{', '.join(names)} = {text}")
        return tuple([Code(name) for name in names])

    def unpacked_states(self, text: Code, states: str) -> tuple[Code, ...]:
        """Names for a sequence and its final states: `sequence, (hidden, cell) = text`."""
        wanted = ["sequence", *[name.strip("(), ") for name in states.split(",")]]
        names = [self.writer.forward.new_name(name) for name in wanted]
        inner = ", ".join(names[1:])
        rest = f"({inner})" if len(names) > 2 else inner
        self.writer.forward.statement(f"{names[0]}, {rest} = {text}")
        return tuple([Code(name) for name in names])

    def bound(self, text: Code, wanted: str) -> Code:
        return self.writer.forward.bound(text, wanted)

    def size(self, dim: Dim) -> Code:
        """A size as source, open ones read off the inputs."""
        return self.writer.size(dim)

    def whole(self, dim: Dim, what: str) -> int:
        """A size that must be a number, because a module is made of it."""
        if isinstance(dim, int):
            return dim
        raise RuleError(
            f"{what} is {dim}: PyTorch's modules need a number",
            hint="give the input's shape with numbers: --input 128x128x3",
        )

    def passed(self, which: int = 0) -> Code:
        """The text of an input that this operation hands on as it is."""
        self.taken.add(which)
        return self.writer.forward.take(self.node.inputs[which], inline=True, passed=True)


def tuple_or_number(values: tuple[int, ...]) -> Code:
    """(3, 3) as 3: one number where all are alike."""
    if len(set(values)) == 1:
        return literal(values[0])
    return literal(tuple(values))
