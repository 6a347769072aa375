"""Writes the graph while code is being read: rows, names, scopes, calls; must never read code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convwise.dialects.keras.conventions import KERAS
from convwise.dialects.keras.table.views import guess
from convwise.dialects.python.parameters import Part
from convwise.errors import LimitError, RuleError
from convwise.graph.axes import BATCH, BATCH_SYMBOL, CHANNEL, DTYPE_BYTES, FREE_BATCH, Axis, Tensor
from convwise.graph.builder import GraphBuilder, Roles
from convwise.graph.dims import Dim, symbol
from convwise.graph.nodes import NO_FACTS, Facts, Graph, Value
from convwise.kinds.contract import Kind
from convwise.kinds.source import Input

Scope = tuple[str, ...]
#: Sizes without the batch; None is free, a word names the symbol.
Shape = tuple[int | str | Dim | None, ...]

#: A network of 10,000 layers has fewer; models that call each other may have any number.
MOST_OPERATIONS = 25_000

_LETTERS = {"height": "H", "width": "W", "depth": "D", "time": "T", "channel": "C", "feature": "F"}


class Step(NamedTuple):
    """One node, with all that is needed to add it again to other inputs."""

    kind: Kind
    inputs: tuple[Value, ...]
    row: int
    part: str
    views: tuple[Roles | None, ...]
    scope: Scope
    call: int
    turn: int


class Row(NamedTuple):
    """A layer of the graph: the name and class its framework gives it."""

    name: str
    class_name: str


class InputSpec(NamedTuple):
    """An input that is known but not yet seen by any layer, which will tell its axes' roles."""

    shape: Shape
    dtype: str
    row: int
    layer: Any


class Recording:
    """What one reading has built so far. `scope`: the models and blocks that are being called.

    `own_row`: inside a layer whose operations are its own (Lambda, an activation), that layer's
    row. `call`: the outermost call that is running, by its number in `callers`.
    """

    def __init__(self) -> None:
        self.builder = GraphBuilder(KERAS)
        self.steps: list[Step] = []
        self.rows: list[Row] = []
        self.callers: list[Any] = []
        self.scope: Scope = ()
        self.own_row: int | None = None
        self.call = -1
        self.data_format = "channels_last"
        self.fixed_batch: int | None = None
        self._turns: list[int] = []
        self._counts: dict[str, int] = {}
        self._letters: dict[str, int] = {}
        self._facts: dict[Scope, Facts] = {(): NO_FACTS}

    def auto_name(self, base: str) -> str:
        """Keras's own names: conv2d, conv2d_1, conv2d_2."""
        count = self._counts.get(base, 0)
        self._counts[base] = count + 1
        return f"{base}_{count}" if count else base

    def next_name(self, base: str) -> str:
        """What `auto_name` would say, without counting."""
        count = self._counts.get(base, 0)
        return f"{base}_{count}" if count else base

    def forget_names(self) -> None:
        """What `clear_session` does."""
        self._counts.clear()

    def row(self, name: str, class_name: str, line: int | None) -> int:
        self.rows.append(Row(name, class_name))
        self._turns.append(0)
        return self.builder.new_layer(name, class_name, line)

    def rename(self, row: int, name: str) -> None:
        self.rows[row] = Row(name, self.rows[row].class_name)

    def begin_turn(self, row: int) -> None:
        """The nodes added next to this row belong to a new call of its layer."""
        self._turns[row] += 1
        self.builder.begin_call(row)

    def tensor(self, value: Value) -> Tensor:
        return self.builder.tensor(value)

    def add(
        self,
        kind: Kind,
        inputs: tuple[Value, ...],
        row: int,
        line: int | None,
        part: str = "",
        views: tuple[Roles | None, ...] = (),
    ) -> tuple[Value, ...]:
        """Add one operation; a RuleError gets the line of the call and the layer's path."""
        if len(self.steps) >= MOST_OPERATIONS:
            raise LimitError(
                f"the networks of this source have more than {MOST_OPERATIONS:,} operations",
                line=line,
                hint="is a model called more often than it should be?",
            )
        facts = self._facts.get(self.scope) or self._new_facts()
        try:
            outputs = self.builder.add(kind, inputs, row, part=part, views=views, facts=facts)
        except RuleError as error:
            error.where.line = line or error.where.line
            error.where.layer = "/".join((*self.scope, self.rows[row].name))
            raise
        turn = self._turns[row]
        self.steps.append(Step(kind, inputs, row, part, views, self.scope, self.call, turn))
        return outputs

    def _new_facts(self) -> Facts:
        found = self._facts[self.scope] = Facts(scope="/".join(self.scope))
        return found

    def chain(
        self, parts: Sequence[Part], inputs: tuple[Value, ...], row: int, line: int | None
    ) -> tuple[Value, ...]:
        """Add the parts of a layer, each fed by the one before it."""
        for kind, views, part in parts:
            inputs = self.add(kind, inputs, row, line, part, views)
        return inputs

    def begin(self, caller: Any) -> int:
        """A call at the outermost level begins, or a call inside it: returns what to restore."""
        before = self.call
        if before < 0:
            self.call = len(self.callers)
            self.callers.append(caller)
        return before

    def input(self, spec: InputSpec, roles: Roles | None, line: int | None) -> Value:
        """The node of an input, under the roles its first layer gives it."""
        rank = len(spec.shape) + 1
        if roles is None or len(roles) != rank:
            roles = guess(rank, self.data_format)
            if rank == 2 and spec.dtype.startswith("int"):
                roles = (BATCH, "time")  # tokens
        axes = [Axis(BATCH, FREE_BATCH)]
        for size, role in zip(spec.shape, roles[1:], strict=True):
            axes.append(Axis(role, self._dim(size, role)))
        scope, self.scope = self.scope, ()
        call, self.call = self.call, -1
        self.begin(spec.layer)
        self.begin_turn(spec.row)
        if rank == 4 and roles[-1] == CHANNEL:
            self._doubt_order(axes, spec.row, line)
        dtype = spec.dtype if spec.dtype in DTYPE_BYTES else "float32"
        value = self.add(Input(Tensor(tuple(axes), dtype)), (), spec.row, line)[0]
        self.scope, self.call = scope, call
        return value

    def _doubt_order(self, axes: list[Axis], row: int, line: int | None) -> None:
        """An image 3 pixels high with 224 channels is an image with its channels first."""
        first, last = axes[1].dim, axes[3].dim
        if type(first) is int and type(last) is int and first in (1, 3) and last > 16:
            message = (
                f"read as {first} pixels high with {last} channels; if the {first} are channels, "
                f'say data_format="channels_first" (Keras 1: dim_ordering="th")'
            )
            self.builder.note("channels-first", message, row, line)

    def _dim(self, size: int | str | Dim | None, role: str | None) -> Dim:
        if size is None:
            letter = _LETTERS.get(role or "", "L")
            count = self._letters.get(letter, 0) + 1
            self._letters[letter] = count
            return symbol(letter if count == 1 else f"{letter}{count}")
        if isinstance(size, str):
            return symbol(f"{size}_" if size == BATCH_SYMBOL else size)
        return size

    def needed(self, inputs: Sequence[Value], outputs: Sequence[Value]) -> list[int]:
        """Nodes that the outputs depend on, not looking behind the inputs, in call order."""
        ends = {value.node for value in inputs}
        seen = set(ends)
        stack = [value.node for value in outputs]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                stack.extend([value.node for value in self.steps[node].inputs])
        return sorted(seen - ends)

    def replay(
        self,
        inputs: Sequence[Value],
        outputs: Sequence[Value],
        new: Sequence[Value],
        line: int | None,
        depth: int,
    ) -> list[Value]:
        """Add the nodes between inputs and outputs again, fed by `new` inputs: the same layers.

        `depth`: how many of the outer scopes of the old nodes are left out.
        """
        places = dict(zip(inputs, new, strict=True))
        begun: set[tuple[int, int]] = set()
        outer = self.scope
        for node in self.needed(inputs, outputs):
            step = self.steps[node]
            key = (step.row, step.turn)
            if key not in begun:
                begun.add(key)
                self.begin_turn(step.row)
            self.scope = (*outer, *step.scope[depth:])
            fed = tuple([places[value] for value in step.inputs])
            made = self.add(step.kind, fed, step.row, line, step.part, step.views)
            places.update({Value(node, index): value for index, value in enumerate(made)})
        self.scope = outer
        return [places[value] for value in outputs]

    def cut(
        self,
        inputs: Sequence[Value],
        outputs: Sequence[Value],
        name: str,
        depth: int,
        owners: Mapping[int, Any],
    ) -> Graph:
        """The graph between inputs and outputs, its layers named by their path inside it.

        `owners`: the layer of each row, which says whether it learns.
        """
        named: set[int] = set()
        for node in (*sorted({value.node for value in inputs}), *self.needed(inputs, outputs)):
            step = self.steps[node]
            if step.row not in named:
                named.add(step.row)
                path = (*step.scope[depth:], self.rows[step.row].name)
                self.builder.rename(step.row, "/".join(path))
                owner = owners.get(step.row)
                self.builder.set_trainable(step.row, owner is None or owner.trainable)
        return self.builder.graph(inputs, outputs, name)
