"""What each simple statement means; blocks and definitions have files of their own."""

from __future__ import annotations

import ast
from typing import cast

from convwise.dialects.python.arithmetic import binary
from convwise.dialects.python.assignment import store
from convwise.dialects.python.calls import EnoughYieldsError
from convwise.dialects.python.collection_methods import LIST_METHODS
from convwise.dialects.python.expressions import OPERATORS
from convwise.dialects.python.items import delete_item
from convwise.dialects.python.machine import (
    BREAK,
    CONTINUE,
    RETURN,
    Frame,
    Machine,
    describe,
    place,
    spelled,
)
from convwise.dialects.python.names import (
    declare_global,
    declare_nonlocal,
    import_modules,
    import_names,
)
from convwise.dialects.python.protocols import elements, truth
from convwise.dialects.python.text import text
from convwise.dialects.python.values import Instance, ProgramError, Unknown, UserClass


def expression(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """An expression on a line of its own."""
    run.evaluate(node.value, frame)  # type: ignore[attr-defined]


def assign(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`a = b = value`."""
    assert isinstance(node, ast.Assign)
    value = run.evaluate(node.value, frame)
    for target in node.targets:
        store(run, target, value, frame)


def assign_annotated(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`a: int = value`; in a class body the name is also a field of a dataclass."""
    assert isinstance(node, ast.AnnAssign)
    if frame.form == "class" and isinstance(node.target, ast.Name):
        frame.annotated.append(node.target.id)
    if node.value is not None:
        store(run, node.target, run.evaluate(node.value, frame), frame)


def assign_augmented(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`a += b`; a list grows in place, as every other name of it sees."""
    assert isinstance(node, ast.AugAssign)
    at = place(node, frame)
    target = node.target
    old = run.evaluate(_as_read(target), frame)
    value = run.evaluate(node.value, frame)
    if old.__class__ is list and node.op.__class__ is ast.Add:
        LIST_METHODS["extend"](run, old, [value], {}, at)
        store(run, target, old, frame)
        return
    store(run, target, binary(run, OPERATORS[node.op.__class__], old, value, at), frame)


def _as_read(target: ast.expr) -> ast.expr:
    """The target as an expression: what an expression means does not look at its context."""
    return target


def returned(run: Machine, node: ast.stmt, frame: Frame) -> str:
    """`return value`."""
    value = node.value  # type: ignore[attr-defined]
    frame.result = None if value is None else run.evaluate(value, frame)
    return RETURN


def nothing(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`pass`."""


def leave_loop(run: Machine, node: ast.stmt, frame: Frame) -> str:
    """`break`."""
    return BREAK


def next_round(run: Machine, node: ast.stmt, frame: Frame) -> str:
    """`continue`."""
    return CONTINUE


def delete(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`del a, b[c], d.e`."""
    for target in cast(ast.Delete, node).targets:
        if isinstance(target, ast.Name):
            frame.vars.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            receiver = run.evaluate(target.value, frame)
            index = run.evaluate(target.slice, frame)
            delete_item(run, receiver, index, place(target, frame))
        elif isinstance(target, ast.Attribute):
            receiver = run.evaluate(target.value, frame)
            if isinstance(receiver, (Instance, UserClass)):
                receiver.fields.pop(target.attr, None)


def assertion(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`assert condition`: unknown conditions are taken to hold."""
    assert isinstance(node, ast.Assert)
    at = place(node, frame)
    holds = truth(run, run.evaluate(node.test, frame), at)
    if isinstance(holds, Unknown) or holds:
        return
    shown = "the assertion does not hold"
    if node.msg is not None:
        said = text(run, run.evaluate(node.msg, frame), at)
        shown = f"{shown}: {said}" if isinstance(said, str) else shown
    raise ProgramError("AssertionError", shown, at.line)


def raised(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`raise X("message")`."""
    assert isinstance(node, ast.Raise)
    at = place(node, frame)
    made = node.exc
    if made is None:
        raise ProgramError("Exception", "the program raises an exception", at.line)
    head = made.func if isinstance(made, ast.Call) else made
    kind = spelled(head).rpartition(".")[2]
    said: object = None
    if isinstance(made, ast.Call) and made.args and not isinstance(made.args[0], ast.Starred):
        said = text(run, run.evaluate(made.args[0], frame), at)
    message = f"the program raises {kind}" + (f": {said}" if isinstance(said, str) else "")
    error = ProgramError(kind, message, at.line)
    error.bases = _bases(run, head, frame)
    raise error


def _bases(run: Machine, head: ast.expr, frame: Frame) -> tuple[str, ...]:
    made = run.evaluate(head, frame) if isinstance(head, (ast.Name, ast.Attribute)) else None
    if not isinstance(made, UserClass):
        return ()
    return tuple([str(getattr(base, "name", "")) for base in made.order])


def yielded(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`yield value`: the value is kept for whoever goes through the generator."""
    value = node.value  # type: ignore[attr-defined]
    _give(run, frame, None if value is None else run.evaluate(value, frame))
    return Unknown("what is sent to a generator", node.lineno)


def yielded_from(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`yield from values`."""
    values = run.evaluate(node.value, frame)  # type: ignore[attr-defined]
    items = elements(run, values, place(node, frame))
    for item in [items] if isinstance(items, Unknown) else items:
        _give(run, frame, item)
    return Unknown("the result of a generator", node.lineno)


def _give(run: Machine, frame: Frame, value: object) -> None:
    while frame.yields is None:
        if frame.parent is None:
            raise ProgramError("SyntaxError", f"{describe(value)} is yielded outside a function")
        frame = frame.parent
    run.meter.take(16, "this generator")
    frame.yields.append(value)
    if len(frame.yields) > run.meter.limits.yields:
        raise EnoughYieldsError


def global_names(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`global a`."""
    declare_global(run, node, frame)


def nonlocal_names(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`nonlocal a`."""
    declare_nonlocal(run, node, frame)


def imports(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """`import a`, `from a import b`."""
    if node.__class__ is ast.Import:
        import_modules(run, node, frame)
    else:
        import_names(run, node, frame)
