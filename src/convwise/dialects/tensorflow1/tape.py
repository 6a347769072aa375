"""What one reading of TensorFlow 1 code shares: the recording, scopes, variables, feeds, losses.

Operations go into the recording of the Keras reader; here they get TensorFlow's names. Must never
know a single operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, final

from convwise.dialects.keras.context import Context
from convwise.dialects.keras.layers import LayerObject
from convwise.dialects.keras.rows import Operation, operate
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.arrays import Array
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import At
from convwise.dialects.tensorflow1.scopes import Scopes
from convwise.errors import RuleError
from convwise.graph.axes import CHANNEL
from convwise.graph.builder import WeightLabel
from convwise.graph.nodes import Value
from convwise.kinds.source import Parameter

#: Operators and methods, by the class that Keras gives them: TensorFlow's name and type.
_OPERATORS: Final[dict[str, tuple[str, str]]] = {
    "Add": ("add", "Add"),
    "Subtract": ("sub", "Sub"),
    "Multiply": ("mul", "Mul"),
    "TrueDivide": ("truediv", "RealDiv"),
    "FloorDivide": ("floordiv", "FloorDiv"),
    "Power": ("pow", "Pow"),
    "Mod": ("mod", "FloorMod"),
    "Negative": ("Neg", "Neg"),
    "GetItem": ("strided_slice", "StridedSlice"),
    "Matmul": ("matmul", "MatMul"),
}


class Variable(NamedTuple):
    """A variable of the graph: its full name, all its sizes, whether training changes it."""

    name: str
    shape: tuple[int, ...]
    trainable: bool
    symbol: Symbol


@final
class Tape:
    """One graph while it is being read.

    `labels`: names of the weights of rows, by row and key; `fed`: numbers that feed_dicts give for
    placeholders; `losses`: tensors that go into losses; `minimized`: what optimizers are given;
    `rates`: dropouts whose rate is fed, by node: the placeholder, and if it says what is kept;
    `moments`: means and variances, by node: of what and over which axes; `calls`: functions that
    `tf.app.run` starts.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.scopes = Scopes()
        self.variables: dict[int, Variable] = {}
        self.shared: dict[str, Variable] = {}
        self.labels: dict[tuple[int, str], WeightLabel] = {}
        self.fed: dict[int, list[float]] = {}
        self.placeholders: dict[int, Array] = {}
        self.numbers: dict[int, str] = {}
        self.losses: list[Symbol] = []
        self.minimized: list[Symbol] = []
        self.rates: dict[int, tuple[int, bool]] = {}
        self.moments: dict[int, tuple[Value, tuple[int, ...]]] = {}
        self.calls: list[object] = []
        self.names: dict[int, str] = {}
        self.types: dict[int, str] = {}
        self.defaults: list[tuple[str, dict[str, object]]] = []
        self.layers: dict[str, LayerObject] = {}
        self.owned: dict[int, str] = {}
        self.outside: dict[int, Symbol] = {}
        self.kept: list[object] = []
        self.renamed: dict[tuple[int, str], str] = {}
        self._settled = 0

    def settle(self, name: str = "", kind: str = "", own: str = "") -> None:
        """Name the rows made since the last time: by the operation, else by the operator.

        `name`: what the call says, `kind`: the operation's type, `own`: its name when none is said.
        """
        recording = self.context.recording
        rows = [row for row in range(self._settled, len(recording.rows)) if self._is_ours(row)]
        self._settled = len(recording.rows)
        if not kind:
            self._call_operators(rows)
            return
        main = [row for row in rows if not self._is_given(row)]
        found = self.scopes.operation(name or own or kind) if main else ""
        for place, row in enumerate(main):
            self._call_it(row, found if len(main) == 1 else f"{found}:{place}", kind)
        self._call_operators([row for row in rows if row not in main])

    def _call_operators(self, rows: list[int]) -> None:
        """Operators, constants and what is not known, each by its own name."""
        for row in rows:
            title = self.context.recording.rows[row].class_name
            word, type_ = _OPERATORS.get(title, (title, title))
            if title.startswith("Constant "):
                word, type_ = "Const", "Const"
            self._call_it(row, self.scopes.operation(word), type_)

    def _is_given(self, row: int) -> bool:
        """Whether the row is a constant or a tensor from outside, which a call only takes."""
        found = self.context.recording.rows[row]
        outside = found.name.startswith("unknown") and row not in self.context.owners
        return outside or found.class_name.startswith("Constant ")

    def _is_ours(self, row: int) -> bool:
        """Whether the row is no layer of Keras and has no name yet."""
        owner = self.context.owners.get(row)
        return row not in self.names and (owner is None or isinstance(owner, Operation))

    def _call_it(self, row: int, name: str, kind: str) -> None:
        self.names[row] = name
        self.types[row] = kind

    def new_row(self, name: str, kind: str, line: int | None) -> int:
        """A row that has its name from the start."""
        row = self.context.recording.row(name, kind, line)
        self._call_it(row, name, kind)
        self.context.recording.begin_turn(row)
        return row

    @contextmanager
    def one_row(self, title: str, at: At) -> Iterator[None]:
        """All that is made meanwhile is one operation, however many nodes it takes."""
        recording = self.context.recording
        before = recording.own_row
        if before is None:
            recording.own_row = recording.row(title, title, at.line)
            recording.begin_turn(recording.own_row)
        try:
            yield
        finally:
            recording.own_row = before

    def row_of(self, symbol: Symbol) -> int:
        """The row of the node that made a tensor."""
        return self.context.recording.steps[symbol.value().node].row

    def name_of(self, symbol: Symbol) -> str:
        """The name of the operation that made a tensor."""
        self.settle()
        row = self.row_of(symbol)
        return self.names.get(row, self.context.recording.rows[row].name)

    def new_variable(
        self, name: str, shape: tuple[int, ...], trainable: bool, dtype: str, at: At
    ) -> Variable:
        """A variable under its full name."""
        if any(size < 1 for size in shape):
            raise RuleError(
                f"the variable {name} has the shape {list(shape)}: sizes must be 1 or more",
                line=at.line,
                hint="check the sizes that this shape is made from",
            )
        roles: list[str | None] = [None] * len(shape)
        if roles:
            roles[-1] = CHANNEL
        row = self.new_row(name, "VariableV2", at.line)
        role = name.rpartition("/")[2]
        kind = Parameter(role, tuple(zip(roles, shape, strict=True)), trainable, dtype)
        value = self.context.recording.add(kind, (), row, at.line)[0]
        self.labels[row, role] = WeightLabel(name, trainable)
        found = Variable(name, shape, trainable, Symbol(self.context, value))
        self.variables[value.node] = found
        return found

    def variable_of(self, value: object) -> Variable | None:
        """The variable that a value is."""
        if type(value) is not Symbol or value.pending is not None:
            return None
        return self.variables.get(value.value().node)

    def weighted(
        self, title: str, parts: list[Part], symbol: Symbol, by: dict[str, Variable], at: At
    ) -> Symbol:
        """An operation whose weights are variables; `by` their keys in the row."""
        made = operate(self.context, title, parts, [symbol], at)[0]
        row = self.row_of(made)
        for key, variable in by.items():
            self.labels[row, key] = WeightLabel(variable.name, variable.trainable)
        return made

    def call_input(self, symbol: Symbol) -> None:
        """An input has the name it was made with."""
        assert symbol.pending is not None
        row = symbol.pending.row
        self._call_it(row, self.context.recording.rows[row].name, "Placeholder")

    def new_number(self, name: str, shape: tuple[int, ...] | None, dtype: str) -> Array:
        """A placeholder that is a number, or whose shape is not said."""
        found = Array(shape, None, dtype)
        self.placeholders[id(found)] = found
        self.numbers[id(found)] = name
        return found

    def feed(self, feeds: object) -> None:
        """Numbers that a feed_dict gives for placeholders."""
        if type(feeds) is not dict:
            return
        for key, value in feeds.items():
            if id(key) in self.placeholders and type(value) in (int, float):
                self.fed.setdefault(id(key), []).append(float(value))


Body = Callable[[Tape, list[Any], dict[str, Any], At], object]
