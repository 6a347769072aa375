"""The state of one reading of MATLAB code: variables, functions, meter; means nothing by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, final

from convwise.dialects.matlab.parse import line_of
from convwise.dialects.matlab.values import UserFunction, weight
from convwise.dialects.python.limits import Limits, Meter
from convwise.errors import ReadError

if TYPE_CHECKING:
    from tree_sitter import Node

#: How a block ended early.
RETURN, BREAK, CONTINUE = "return", "break", "continue"

#: Calls nest less deeply than in Python code: a call of MATLAB's takes many of ours.
LIMITS = Limits(call_depth=40)

Expression = Callable[["Machine", "Node", "Frame"], Any]
Statement = Callable[["Machine", "Node", "Frame"], "str | None"]


@final
class Frame:
    """Variables of the script or of one call; `end` is what `end` means in the open index."""

    __slots__ = ("ends", "given", "names", "outputs")

    def __init__(self, names: dict[str, Any], given: int = 0, outputs: int = 0) -> None:
        self.names = names
        self.given = given
        self.outputs = outputs
        self.ends: list[tuple[Any, int, int]] = []


@final
class Machine:
    """What all parts of a reading share.

    `settings`: values for names that the code leaves unknown. `trained`: what the file trains,
    analyses or assembles, in order. `notes`: what is worth telling, with its line.
    """

    def __init__(
        self,
        expressions: Mapping[str, Expression],
        statements: Mapping[str, Statement],
        settings: Mapping[str, object],
    ) -> None:
        self.expressions = expressions
        self.statements = statements
        self.settings = settings
        self.meter = Meter(LIMITS)
        self.functions: dict[str, UserFunction] = {}
        self.trained: list[Any] = []
        self.notes: dict[tuple[str, str], int | None] = {}

    def evaluate(self, node: Node, frame: Frame) -> Any:
        """The value of an expression."""
        self.meter.line = line_of(node)
        self.meter.step(2)
        found = self.expressions.get(node.type)
        if found is None:
            raise ReadError(f"{node.type.replace('_', ' ')} is not read", line=line_of(node))
        return found(self, node, frame)

    def block(self, node: Node, frame: Frame) -> str | None:
        """Run the statements of a block; how it ended early, or None."""
        for child in node.named_children:
            ended = self.statement(child, frame)
            if ended is not None:
                return ended
        return None

    def statement(self, node: Node, frame: Frame) -> str | None:
        """Run one statement."""
        self.meter.line = line_of(node)
        self.meter.step(2)
        run = self.statements.get(node.type)
        if run is not None:
            return run(self, node, frame)
        self.evaluate(node, frame)
        return None

    def walk(self, *values: Any, pace: int = 2) -> None:
        """Pay for going through the elements of values, `pace` of them in a step."""
        self.meter.step(sum([weight(one) for one in values]) // pace)

    def note(self, code: str, message: str, line: int | None = None) -> None:
        """Something worth telling once."""
        self.notes.setdefault((code, message), line)
