"""Goes through a graph once and writes every node; knows no kind and composes no file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import final

from convwise.dialects.torch.write import orders
from convwise.dialects.torch.write.forward import Forward
from convwise.dialects.torch.write.modules import Modules
from convwise.dialects.torch.write.names import identifier
from convwise.dialects.torch.write.orders import Order
from convwise.dialects.torch.write.site import Given, Site
from convwise.dialects.torch.write.sizes import size_text
from convwise.dialects.torch.write.table import writer_of
from convwise.dialects.torch.write.text import Code, comment, method
from convwise.errors import ConvwiseError, RuleError
from convwise.graph.axes import FREE_BATCH, Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Node, Value


@final
@dataclass(slots=True)
class Writer:
    """What is known while a graph is written: attributes, statements, the order of every value."""

    graph: Graph
    modules: Modules
    forward: Forward
    arguments: list[str] = field(default_factory=list)
    order_of: dict[Value, Order] = field(default_factory=dict)
    helpers: set[str] = field(default_factory=set)
    sizes: dict[str, str] = field(default_factory=dict)
    result: str = ""
    returned: list[Order] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def run(self, cuts: Collection[int] = ()) -> None:
        """Write every node, then what is returned; lines end in front of each of `cuts`."""
        self._inputs()
        for index, node in enumerate(self.graph.nodes):
            self.forward.now = index
            if index in cuts:
                self.forward.cut(index)
            if Value(index) not in self.order_of:
                self._node(index, node)
        self.forward.now = len(self.graph.nodes)
        if len(self.graph.nodes) in cuts:
            self.forward.cut(len(self.graph.nodes))
        results = []
        for value in self.graph.outputs:
            text = self.forward.take(value, inline=True)
            wanted = orders.usual(self.graph.tensor(value), self.graph.dialect)
            now = self.order_of[value]
            if now != wanted:
                text = method(text, "permute", *orders.steps(now, wanted))
            self.returned.append(wanted)
            results.append(text)
        self.result = ", ".join(results)

    def _inputs(self) -> None:
        for number, value in enumerate(self.graph.inputs):
            if number == 0 and len(self.graph.inputs) == 1:
                name = "x"
                self.forward.hold("x", value)
            else:
                layer = self.graph.nodes[value.node].layer
                name = self.forward.new_name(self.forward.short[layer])
            self.arguments.append(name)
            self.forward.text_of[value] = Code(name)
            self.order_of[value] = orders.usual(self.seen(value), self.graph.dialect)

    def seen(self, value: Value) -> Tensor:
        """An input as the first operation with a view of its axes sees it."""
        made = self.graph.tensor(value)
        for node in self.graph.nodes:
            for given, operand in zip(node.inputs, node.operands, strict=True):
                if given == value and operand.roles != made.roles:
                    return operand
        return made

    def _node(self, index: int, node: Node) -> None:
        layer = self.graph.layers[node.layer]
        try:
            write = writer_of(node.kind.name)
            site = Site(self, index, node)
            given = write(node.kind, site)
            _must_use_all(site)
        except ConvwiseError as error:
            raise error.at(layer=layer.name, line=layer.line) from None
        values = [Value(index, output) for output in range(len(node.outputs))]
        if isinstance(given, Given):
            self._one(values[0], given)
            return
        for value, text, order in zip(values, given.texts, given.orders, strict=True):
            self._one(value, Given(text, order, atom=text.isidentifier()))

    def _one(self, value: Value, given: Given) -> None:
        self.order_of[value] = given.order
        remark = self.shape(self.graph.tensor(value), given.order)
        self.forward.give(value, given.text, remark, atom=given.atom)

    def remark(self, text: str) -> None:
        """Something the reader of the file must know, said once."""
        if text not in self.remarks:
            self.remarks.append(text)

    def size(self, dim: Dim) -> Code:
        """A size as source; open sizes are read off the inputs at the top of `forward`."""
        return size_text(dim, self._symbol)

    def _symbol(self, name: str) -> str:
        if name not in self.sizes:
            for argument, value in zip(self.arguments, self.graph.inputs, strict=True):
                shape = self.graph.tensor(value).shape
                for place, axis in enumerate(self.order_of[value]):
                    if str(shape[axis]) == name:
                        variable = self.forward.new_name(
                            "batch" if shape[axis] == FREE_BATCH else identifier(name)
                        )
                        self.sizes[name] = variable
                        self.forward.prologue.append(f"{variable} = {argument}.shape[{place}]")
                        return variable
            raise ConvwiseError(f"the open size {name} is not the size of an input's axis")
        return self.sizes[name]

    def shape(self, value: Tensor, order: Order) -> str:
        """A shape in PyTorch's order, for a comment: (N, 64, 28, 28)."""
        dims = [str(value.axes[axis].dim) for axis in order]
        return comment("(" + ", ".join(dims) + ("," if len(dims) == 1 else "") + ")")


def _must_use_all(site: Site) -> None:
    """RuleError when an input is left out: the code would compute something else."""
    count = len(site.node.inputs)
    if len(site.taken) < count:
        raise RuleError(
            f"{site.node.kind.name} of {count} inputs is not written as PyTorch code",
            hint="convert it to JSON, or replace the layer",
        )
