"""The statements of a written `forward`: names of values, and what is put into one line.

A value that is used once, by the very next operation, is written inside of it; the others get a
name: x, y or z while they live for a few operations, that of their layer when they live longer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, final

from convwise.dialects.torch.write.helpers import helper_names
from convwise.dialects.torch.write.names import Names, identifier
from convwise.dialects.torch.write.text import WIDTH, Code, wrapped
from convwise.graph.nodes import Graph, Value

_REGISTERS: Final = ("x", "y", "z")
#: Operations after which a value is far from where it was made, and is better named.
_FAR: Final = 14
#: Columns of a value that is still written inside of the next operation.
_SHORT: Final = 64
_DEEP: Final = 4


@final
@dataclass(slots=True)
class Forward:
    """Collects statements; `text_of` holds what each value is called.

    `cuts`: how many lines were written in front of each node at which `cut` was called.
    """

    graph: Graph
    short: list[str]
    prologue: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    text_of: dict[Value, Code] = field(default_factory=dict)
    now: int = 0
    cuts: dict[int, int] = field(default_factory=dict)
    _names: Names = field(default_factory=Names)
    _uses: dict[Value, list[int]] = field(default_factory=dict)
    _holds: dict[str, Value] = field(default_factory=dict)
    _last: dict[Value, int] = field(default_factory=dict)
    _next: dict[int, int] = field(default_factory=dict)
    _pending: Value | None = None
    _comment: str = ""

    def __post_init__(self) -> None:
        self._names = Names(frozenset((*_REGISTERS, *helper_names())))
        for index, node in enumerate(self.graph.nodes):
            for value in node.inputs:
                self._uses.setdefault(value, []).append(index)
        for value in self.graph.outputs:
            self._uses.setdefault(value, []).append(len(self.graph.nodes))
        self._last = {value: used[-1] for value, used in self._uses.items()}
        following = -1
        for index in range(len(self.graph.nodes) - 1, -1, -1):
            self._next[index] = following
            if self.graph.nodes[index].inputs:
                following = index

    def uses(self, value: Value) -> int:
        """How often a value is used."""
        return len(self._uses.get(value, ()))

    def new_name(self, wanted: str) -> str:
        """A name that no other value has."""
        return self._names.new(identifier(wanted))

    def hold(self, register: str, value: Value) -> None:
        """A register holds a value from the beginning: the only input."""
        self._holds[register] = value

    def take(self, value: Value, *, inline: bool, passed: bool = False) -> Code:
        """The text of a value; a pending one is written out first unless it may stay inside.

        passed: the next operation changes nothing and hands the text on, of whatever length.
        """
        if self._pending == value:
            text = self.text_of[value]
            self._pending = None
            short = len(text) <= _SHORT and text.count("(") <= _DEEP
            if passed or (inline and short):
                return text
            self._write(value, text)
        return self.text_of[value]

    def flush(self) -> None:
        """Write out what is still pending."""
        if self._pending is not None:
            value = self._pending
            self._pending = None
            self._write(value, self.text_of[value])

    def cut(self, node: int) -> None:
        """Nothing of what stands in front of this node is written into a line behind it."""
        self.flush()
        self.cuts[node] = len(self.lines)

    def give(self, value: Value, text: Code, remark: str, *, atom: bool = False) -> None:
        """What a value is: kept pending when only the next operation uses it."""
        self.text_of[value] = text
        if atom:
            return
        self.flush()
        self._comment = remark
        following = self._next[value.node]
        if self._uses.get(value) == [len(self.graph.nodes) if following < 0 else following]:
            self._pending = value
            return
        self._write(value, text)

    def statement(self, text: str, remark: str = "") -> None:
        """One line, with a remark behind it where that fits."""
        self.lines.extend(wrapped("        ", text))
        if remark and len(self.lines[-1]) + len(remark) + 4 <= WIDTH:
            self.lines[-1] += f"  # {remark}"

    def bound(self, text: Code, wanted: str) -> Code:
        """A new local name for an expression that is needed several times."""
        name = self.new_name(wanted)
        self.statement(f"{name} = {text}")
        return Code(name)

    def _write(self, value: Value, text: Code) -> None:
        name = self._name(value)
        if name != text:
            self.statement(f"{name} = {text}", self._comment)
        self.text_of[value] = Code(name)

    def _name(self, value: Value) -> str:
        last = self._last.get(value, value.node)
        if last - value.node <= _FAR:
            for register in _REGISTERS:
                held = self._holds.get(register)
                if held is None or self._last.get(held, -1) <= value.node:
                    self._holds[register] = value
                    return register
        return self.new_name(self.short[self.graph.nodes[value.node].layer])
