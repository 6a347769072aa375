"""The state of one reading and its frames; decides nothing about what statements mean."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from convwise.dialects.python.extent import offered_list, offered_names
from convwise.dialects.python.host import Host
from convwise.dialects.python.limits import Limits, Meter
from convwise.dialects.python.values import (
    Abstract,
    At,
    Problem,
    ProgramError,
    Unknown,
    UserFunction,
)

# How a block ended early. A "maybe" ended under a condition that is not known: what follows it in
# the block may or may not have run.
RETURN = "return"
BREAK = "break"
CONTINUE = "continue"
MAYBE_RETURN = "maybe return"
MAYBE_BREAK = "maybe break"
MAYBE_CONTINUE = "maybe continue"
_MAYBE = frozenset((MAYBE_RETURN, MAYBE_BREAK, MAYBE_CONTINUE))

_FRAMEWORK_CALL_STEPS = 18
_FRAMEWORK_CALL_BYTES = 512


@final
class Frame:
    """The names of one scope: a module, a call, a class body or a comprehension.

    `parent` is the scope looked into next; `declared` holds the frames of names declared global or
    nonlocal; `yields` collects what a generator gives; `closure` is the scope that functions
    defined here see (a class body is invisible to its methods); `annotated` lists the names that a
    class body annotates; `doubt` is why a block may have
    ended early.
    """

    __slots__ = (
        "annotated",
        "closure",
        "declared",
        "doubt",
        "form",
        "function",
        "parent",
        "result",
        "stack",
        "vars",
        "yields",
    )

    def __init__(
        self,
        names: dict[str, object],
        parent: Frame | None,
        form: str = "module",
        stack: tuple[int, ...] = (),
    ) -> None:
        self.vars = names
        self.parent = parent
        self.form = form
        self.stack = stack
        self.closure: Frame = parent if form == "class" and parent is not None else self
        self.declared: dict[str, Frame] | None = None
        self.function: UserFunction | None = None
        self.result: object = None
        self.doubt: Unknown | None = None
        self.yields: list[object] | None = None
        self.annotated: list[str] = []

    def root(self) -> Frame:
        """The module's frame."""
        frame = self
        while frame.parent is not None:
            frame = frame.parent
        return frame


Expression = Callable[["Machine", ast.expr, Frame], object]
Statement = Callable[["Machine", ast.stmt, Frame], str | None]
Caller = Callable[["Machine", object, list[object], dict[str, object], At], object]
Doubt = Callable[["Machine", list[ast.stmt], Frame, Unknown], None]


@dataclass(frozen=True, slots=True)
class Tables:
    """What each form of the language means.

    `doubt` marks as unknown all that statements could change which may or may not run.
    """

    expressions: dict[type, Expression]
    statements: dict[type, Statement]
    callers: dict[type, Caller]
    doubt: Doubt


@final
class Machine:
    """What every part of a reading shares: the host, the meter, the tables of the language."""

    __slots__ = (
        "caches",
        "callers",
        "doubt",
        "expressions",
        "filename",
        "host",
        "meter",
        "problems",
        "settings",
        "stars",
        "statements",
    )

    def __init__(
        self,
        host: Host,
        filename: str,
        settings: dict[str, object],
        limits: Limits,
        tables: Tables,
    ) -> None:
        self.host = host
        self.filename = filename
        self.settings = settings
        self.meter = Meter(limits)
        self.expressions = tables.expressions
        self.statements = tables.statements
        self.callers = tables.callers
        self.doubt = tables.doubt
        self.problems: list[Problem] = []
        self.stars: list[Abstract] = []
        self.caches: dict[object, object] = {}

    def evaluate(self, node: ast.expr, frame: Frame) -> object:
        """The value of an expression."""
        return self.expressions[node.__class__](self, node, frame)

    def execute(self, body: list[ast.stmt], frame: Frame) -> str | None:
        """Run statements; the signal that ended them early, None when they all ran."""
        meter = self.meter
        statements = self.statements
        for node in body:
            meter.line = node.lineno
            meter.steps_left -= 3
            if meter.steps_left < 0:
                raise meter.endless()
            signal = statements[node.__class__](self, node, frame)
            if signal is not None:
                if frame.doubt is not None and signal in _MAYBE:
                    self.doubt(self, body[body.index(node) + 1 :], frame, frame.doubt)
                return signal
        return None

    def call(self, value: object, args: list[object], kwargs: dict[str, object], at: At) -> object:
        """Call any value. Raises ProgramError when it cannot be called."""
        caller = self.callers.get(value.__class__)
        if caller is not None:
            return caller(self, value, args, kwargs, at)
        if isinstance(value, Abstract):
            self.meter.step(_FRAMEWORK_CALL_STEPS)
            self.meter.take(_FRAMEWORK_CALL_BYTES, "this call")
            given = offered_list(self.meter, args)
            result = value.call(given, offered_names(self.meter, kwargs), at)
            if isinstance(result, Abstract) and result.builds():
                self.meter.actions += 1
            elif isinstance(result, (Abstract, Unknown)):
                self.meter.doubts += 1
            return result
        raise ProgramError("TypeError", f"{describe(value)} cannot be called", at.line)


def place(node: ast.expr | ast.stmt, frame: Frame) -> At:
    """Where an expression stands."""
    return At(node.lineno, node.col_offset, frame.stack)


def spelled(node: ast.AST) -> str:
    """A name as the file writes it ("keras.layers.Conv2D", "load(...)"), for messages."""
    parts: list[str] = []
    call = isinstance(node, ast.Call)
    if isinstance(node, ast.Call):
        node = node.func
    while isinstance(node, ast.Attribute) and len(parts) < 8:
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "...")
    return ".".join(reversed(parts)) + ("(...)" if call else "")


def describe(value: object) -> str:
    """A value as a noun for messages, never longer than a line."""
    if isinstance(value, (bool, int, float, type(None))):
        return f"`{value!r}`" if not isinstance(value, int) or abs(value) < 10**30 else "an integer"
    if isinstance(value, str):
        return f"{value!r}" if len(value) <= 40 else f"{value[:37]!r}..."
    if isinstance(value, Unknown):
        return value.what
    own = getattr(value.__class__, "describe", None)
    return str(own(value)) if own else f"a {value.__class__.__name__}"
