"""Weights as the interpreted code sees them: `nn.Parameter`, and those inside of layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, final

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.values import Abstract, At, Unknown
from convwise.dialects.torch.symbols import Symbol
from convwise.graph.dims import Dim
from convwise.graph.nodes import Value
from convwise.kinds.source import Parameter

if TYPE_CHECKING:
    from convwise.dialects.torch.blocks import Block
    from convwise.dialects.torch.context import Context


@final
class Weight(Abstract):
    """A learned tensor of exact shape. `owner` and `name`: where a module has registered it first.

    `trainable` is requires_grad; `axes` their names where the module knows them.
    """

    __slots__ = (
        "_made",
        "_network",
        "axes",
        "context",
        "dtype",
        "line",
        "name",
        "owner",
        "shape",
        "trainable",
    )

    def __init__(
        self,
        context: Context,
        shape: tuple[Dim, ...],
        line: int | None,
        trainable: bool = True,
        dtype: str = "float32",
    ) -> None:
        self.context = context
        self.shape = shape
        self.line = line
        self.trainable = trainable
        self.dtype = dtype
        self.owner: Block | None = None
        self.name = ""
        self.axes: tuple[str, ...] = ()
        self._made: Value | None = None
        self._network = 0

    def describe(self) -> str:
        return f"the parameter `{self.name}`" if self.name else "a parameter"

    @property
    def elements(self) -> Dim:
        total: Dim = 1
        for size in self.shape:
            total = total * size
        return total

    @property
    def path(self) -> str:
        """Its name in the whole network."""
        path = self.owner.path if self.owner is not None else ""
        return f"{path}.{self.name}" if path else self.name or "parameter"

    def symbol(self) -> Symbol:
        """Its value, as a node in a row of its own, made once in every call of a network."""
        if self._made is None or self._network != self.context.networks:
            recording = self.context.recording
            row = recording.row(self.path, "Parameter", self.line)
            recording.builder.begin_call(row)
            kind = Parameter("value", tuple([(None, size) for size in self.shape]))
            self._made = recording.add(kind, (), row, self.line)[0]
            self._network = self.context.networks
            self.context.weight_rows[row] = self
        return Symbol(self.context, self._made)

    @property
    def used(self) -> bool:
        """Whether it flows into the network as a value."""
        return self._made is not None

    def array(self) -> Array:
        """Its shape, for functions that look at nothing else."""
        sizes = tuple([one if type(one) is int else None for one in self.shape])
        return Array(sizes, None, self.dtype)

    def get(self, name: str, at: At) -> object:
        from convwise.dialects.torch.members import weight_member

        return weight_member(self, name, at)

    def set(self, name: str, value: object, at: At) -> None:
        if name == "requires_grad" and type(value) in (bool, int):
            self.trainable = bool(value)

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        return self.symbol().binary(op, other, reflected, at)

    def unary(self, op: str, at: At) -> object:
        return self.symbol().unary(op, at)

    def item(self, index: object, at: At) -> object:
        return self.symbol().item(index, at)

    def length(self, at: At) -> int | Unknown:
        first = self.shape[0] if self.shape else None
        return first if type(first) is int else Unknown("the length of a parameter", at.line)

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        return self.symbol().iterate(at)

    def truth(self, at: At) -> bool | Unknown:
        return Unknown("the truth of a parameter", at.line)

    def copy(self, deep: bool, at: At) -> object:
        if not deep:
            return self
        return Weight(self.context, self.shape, self.line, self.trainable, self.dtype)

    def changed_by(self, method: str) -> bool:
        return False
