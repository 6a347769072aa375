"""Writes the graph while code is being read: rows, their names, calls; must never read code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from convwise.dialects.python.parameters import Part
from convwise.dialects.torch.conventions import TORCH, guess
from convwise.errors import LimitError, RuleError
from convwise.graph.axes import BATCH, BATCH_SYMBOL, DTYPE_BYTES, FREE_BATCH, Axis, Tensor
from convwise.graph.builder import GraphBuilder, Roles
from convwise.graph.dims import Dim, symbol
from convwise.graph.nodes import Facts, Value
from convwise.kinds.contract import UNKNOWN, Kind
from convwise.kinds.source import Input

#: Sizes of an input, batch first; None is free, a word names the symbol.
Shape = tuple[int | str | Dim | None, ...]

#: A network of 10,000 layers has fewer; modules that call each other may have any number.
MOST_OPERATIONS = 25_000

_LETTERS = {"height": "H", "width": "W", "depth": "D", "time": "T", "channel": "C", "feature": "F"}


class InputSpec(NamedTuple):
    """An input that no operation has seen yet, which will tell its axes' roles. Batch first."""

    shape: Shape
    dtype: str
    name: str


class UntoldError(Exception):
    """An operation is not in the catalog, and whoever builds the graph knows more about it."""


class Recording:
    """What one reading has built so far.

    `scope`: the path of the module whose forward is running, "layer1.0". `own_row`: the row that
    takes every operation while a composite module of PyTorch's own runs; None: each has its own.
    `free_batch`: an input's first size is the symbol N. `without_gradient`: open no_grad blocks.
    `refuses_unknown`: UntoldError for an operation that is not in the catalog.
    """

    def __init__(self) -> None:
        self.builder = GraphBuilder(TORCH)
        self.scope = ""
        self.own_row: int | None = None
        self.free_batch = True
        self.without_gradient = 0
        self.refuses_unknown = False
        self._count = 0
        self._inputs: set[int] = set()
        self._taken: dict[str, int] = {}
        self._letters: dict[str, int] = {}
        self._facts: dict[tuple[str, bool, bool], Facts] = {}

    def start(self) -> None:
        """A network is called from outside: names of operations are counted anew."""
        self._taken = {}

    def path(self, name: str) -> str:
        """A name with the path of the module that is running."""
        return f"{self.scope}.{name}" if self.scope else name

    def operation_row(self, name: str, line: int | None) -> int:
        """A row for a call of a function, named after it: `layer1.0.add`, `layer1.0.add_1`."""
        full = self.path(name)
        count = self._taken.get(full, 0)
        self._taken[full] = count + 1
        return self.row(f"{full}_{count}" if count else full, name, line)

    def uses(self, name: str) -> int:
        """How many rows here have been named after a function."""
        return self._taken.get(self.path(name), 0)

    def used(self, name: str, count: int) -> None:
        """Forget rows that were named after a function and are in no network."""
        self._taken[self.path(name)] = count

    def row(self, name: str, class_name: str, line: int | None) -> int:
        return self.builder.new_layer(name, class_name, line)

    @property
    def count(self) -> int:
        """How many operations there are."""
        return self._count

    def is_input(self, value: Value) -> bool:
        """Whether a value is an input of the whole network."""
        return value.node in self._inputs

    def tensor(self, value: Value) -> Tensor:
        return self.builder.tensor(value)

    def add(
        self,
        kind: Kind,
        inputs: Sequence[Value],
        row: int,
        line: int | None,
        part: str = "",
        views: Sequence[Roles | None] = (),
        in_place: bool = False,
    ) -> tuple[Value, ...]:
        """Add one operation to a row; a RuleError gets the line of the call and the path."""
        if self.refuses_unknown and UNKNOWN in kind.traits:
            raise UntoldError(kind.name)
        self._count += 1
        if self._count > MOST_OPERATIONS:
            raise LimitError(
                f"the networks of this source have more than {MOST_OPERATIONS:,} operations",
                line=line,
                hint="is a module called more often than it should be?",
            )
        key = (self.scope, in_place, self.without_gradient > 0)
        facts = self._facts.get(key)
        if facts is None:
            facts = self._facts[key] = Facts(in_place, self.scope, key[2])
        try:
            return self.builder.add(kind, inputs, row, part=part, views=views, facts=facts)
        except RuleError as error:
            error.where.line = line or error.where.line
            raise

    def chain(
        self,
        parts: Sequence[Part],
        inputs: tuple[Value, ...],
        row: int,
        line: int | None,
        in_place: bool = False,
    ) -> tuple[Value, ...]:
        """Add operations, each fed by the one before it."""
        for kind, views, part in parts:
            inputs = self.add(kind, inputs, row, line, part, views, in_place)
        return inputs

    def input(
        self, spec: InputSpec, roles: Roles | None, dtype: str | None, line: int | None
    ) -> Value:
        """The node of an input, under the roles and type that its first operation gives it."""
        rank = len(spec.shape)
        if roles is None or len(roles) != rank:
            roles = guess(rank)
        axes = []
        for place, (size, role) in enumerate(zip(spec.shape, roles, strict=True)):
            if place == 0 and (self.free_batch or size is None):
                axes.append(Axis(role, FREE_BATCH))
            else:
                axes.append(Axis(role, self._dim(size, role)))
        dtype = dtype or spec.dtype
        kind = Input(Tensor(tuple(axes), dtype if dtype in DTYPE_BYTES else "float32"))
        row = self.row(spec.name, "Input", line)
        self.builder.begin_call(row)
        value = self.add(kind, (), row, line)[0]
        self._inputs.add(value.node)
        return value

    def _dim(self, size: Any, role: str | None) -> Dim:
        if size is None:
            letter = "N" if role == BATCH else _LETTERS.get(role or "", "L")
            count = self._letters.get(letter, 0) + 1
            self._letters[letter] = count
            return symbol(letter if count == 1 else f"{letter}{count}")
        if isinstance(size, str):
            return symbol(f"{size}_" if size == BATCH_SYMBOL else size)
        found: Dim = size
        return found
