"""Cuts the text of a written module into parts that are methods of their own; runs nothing.

A part takes the values that are alive in front of it and used in it, and returns those that it
makes and that are used behind it. Names are deleted after their last use, so that no activation
outlives its use because a local variable still holds it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, final

from convwise.dialects.torch.write.code import Written

#: Attributes of the module: names of layers never begin with an underscore.
AGAIN = "_again"
READS = "_reads"


_Definition = TypeVar("_Definition", ast.ClassDef, ast.FunctionDef)


@dataclass(frozen=True, slots=True)
class Part:
    """Statements of `forward`, `name` being the method that they become; "" where they stay."""

    name: str
    body: list[ast.stmt]


def parted(made: Written, runs: Sequence[tuple[int, int]]) -> tuple[Written, dict[str, list[str]]]:
    """The same class with a method per run of nodes, and which attributes each of them reads.

    runs: nodes [first, end), both ends in `made.cuts`.
    """
    tree = ast.parse(made.text)
    owner = _named(tree.body, ast.ClassDef, made.class_name)
    forward = _named(owner.body, ast.FunctionDef, "forward")
    names = _Names(_locals(forward))
    parts = _parts(forward, made.cuts, runs)
    methods: list[ast.stmt] = []
    reads: dict[str, list[str]] = {}
    body: list[ast.stmt] = []
    for part, later in zip(parts, _used_behind(parts, names), strict=True):
        if not part.name:
            body.extend(part.body)
            continue
        taken = sorted(names.entering(part.body))
        given = sorted(names.stored(part.body) & later)
        methods.append(_method(part, taken, given, names))
        reads[part.name] = _attributes(part.body)
        body.append(_call(part.name, taken, given))
    forward.body = names.released(body)
    owner.body.extend(methods)
    text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    return made._replace(text=text, cuts={}), reads


def _named(body: list[ast.stmt], kind: type[_Definition], name: str) -> _Definition:
    return next(node for node in body if isinstance(node, kind) and node.name == name)


def _parts(
    forward: ast.FunctionDef, cuts: Mapping[int, int], runs: Sequence[tuple[int, int]]
) -> list[Part]:
    """The statements of `forward` by part, in order; the value returned stays outside."""
    *steps, last = forward.body
    parts: list[Part] = []
    begin = 0
    for number, (first, end) in enumerate(runs):
        start = _statements(steps, forward.lineno, cuts[first])
        stop = _statements(steps, forward.lineno, cuts[end])
        parts.append(Part("", steps[begin:start]))
        if start < stop:
            parts.append(Part(f"_part_{number + 1}", steps[start:stop]))
        begin = stop
    parts.append(Part("", [*steps[begin:], last]))
    return parts


def _statements(steps: list[ast.stmt], line: int, lines: int) -> int:
    """How many statements lie in the first lines behind a line."""
    return sum(step.lineno <= line + lines for step in steps)


def _used_behind(parts: list[Part], names: _Names) -> list[set[str]]:
    """Per part the names that statements behind it read before they make them anew."""
    found: list[set[str]] = []
    alive: set[str] = set()
    for part in reversed(parts):
        found.append(alive)
        alive = names.entering(part.body, alive)
    return found[::-1]


def _locals(forward: ast.FunctionDef) -> frozenset[str]:
    """The arguments of `forward` and what it assigns."""
    given = [one.arg for one in forward.args.args if one.arg != "self"]
    made = [
        name.id
        for step in forward.body
        if isinstance(step, ast.Assign)
        for target in step.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    ]
    return frozenset([*given, *made])


@final
class _Names:
    """Which local names statements read and make."""

    __slots__ = ("_local",)

    def __init__(self, local: frozenset[str]) -> None:
        self._local = local

    def loaded(self, steps: Sequence[ast.stmt]) -> set[str]:
        """Names that are read."""
        return self._of(steps, ast.Load)

    def stored(self, steps: Sequence[ast.stmt]) -> set[str]:
        """Names that are made."""
        return self._of(steps, ast.Store)

    def entering(self, steps: Sequence[ast.stmt], behind: set[str] | None = None) -> set[str]:
        """Names that are read before they are made, here or, of `behind`, after these steps."""
        alive = set(behind or ())
        for step in reversed(steps):
            alive = (alive - self.stored([step])) | self.loaded([step])
        return alive

    def released(self, steps: Sequence[ast.stmt]) -> list[ast.stmt]:
        """The same statements, each name deleted behind the last that reads it."""
        *rest, last = steps
        alive = self.loaded([last])
        found: list[ast.stmt] = [last]
        for step in reversed(rest):
            touched = self.loaded([step]) | self.stored([step])
            ended = sorted(touched - alive)
            if ended:
                found.append(ast.Delete([ast.Name(name, ast.Del()) for name in ended]))
            found.append(step)
            alive = (alive - self.stored([step])) | self.loaded([step])
        return found[::-1]

    def _of(self, steps: Sequence[ast.stmt], context: type[ast.expr_context]) -> set[str]:
        return {
            node.id
            for step in steps
            for node in ast.walk(step)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, context)
            and node.id in self._local
        }


def _attributes(steps: Sequence[ast.stmt]) -> list[str]:
    """What the statements read of `self`."""
    found = {
        node.attr
        for step in steps
        for node in ast.walk(step)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }
    return sorted(found)


def _method(part: Part, taken: list[str], given: list[str], names: _Names) -> ast.FunctionDef:
    """`def _part_1(self, x): ...; return (x, y)`."""
    returned = ast.Return(_tuple(given, ast.Load()))
    made = ast.parse(f"def {part.name}({', '.join(['self', *taken])}): pass").body[0]
    assert isinstance(made, ast.FunctionDef)
    made.body = names.released([*part.body, returned])
    return made


def _call(name: str, taken: list[str], given: list[str]) -> ast.stmt:
    """`(x, y) = self._again(self._part_1, self._reads["_part_1"], x)`."""
    arguments = [f"self.{name}", f"self.{READS}[{name!r}]", *taken]
    call = f"self.{AGAIN}({', '.join(arguments)})"
    value = ast.parse(call, mode="eval").body
    return ast.Assign([_tuple(given, ast.Store())], value) if given else ast.Expr(value)


def _tuple(names: list[str], context: ast.expr_context) -> ast.Tuple:
    return ast.Tuple([ast.Name(name, context) for name in names], context)
