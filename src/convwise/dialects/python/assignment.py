"""Stores values into targets: names, attributes, items and their unpacking."""

from __future__ import annotations

import ast

from convwise.dialects.python.attributes import store_attribute
from convwise.dialects.python.items import store_item
from convwise.dialects.python.machine import Frame, Machine, describe, place
from convwise.dialects.python.names import store_name
from convwise.dialects.python.protocols import iterate
from convwise.dialects.python.values import At, ProgramError, Unknown


def store(run: Machine, target: ast.expr, value: object, frame: Frame) -> None:
    """`target = value`."""
    kind = target.__class__
    if kind is ast.Name:
        store_name(run, target.id, value, frame)  # type: ignore[attr-defined]
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(run, target, value, frame)
    elif isinstance(target, ast.Attribute):
        receiver = run.evaluate(target.value, frame)
        store_attribute(run, receiver, target.attr, value, place(target, frame))
    elif isinstance(target, ast.Subscript):
        receiver = run.evaluate(target.value, frame)
        index = run.evaluate(target.slice, frame)
        store_item(run, receiver, index, value, place(target, frame))
    elif isinstance(target, ast.Starred):
        store(run, target.value, value, frame)


def _unpack(run: Machine, target: ast.Tuple | ast.List, value: object, frame: Frame) -> None:
    at = place(target, frame)
    parts = target.elts
    items = iterate(run, value, at)
    if isinstance(items, Unknown):
        for part in parts:
            store(run, part, items, frame)
        return
    star = next((i for i, part in enumerate(parts) if isinstance(part, ast.Starred)), None)
    found: list[object] = []
    for item in items:
        run.meter.step(4)
        run.meter.take(8, "these values")
        found.append(item)
        if star is None and len(found) > len(parts):
            break
    _check_count(len(parts), len(found), star, value, at)
    if star is not None:
        behind = len(parts) - star - 1
        end = len(found) - behind
        found[star:end] = [found[star:end]]
    for part, item in zip(parts, found, strict=True):
        store(run, part, item, frame)


def _check_count(wanted: int, found: int, star: int | None, value: object, at: At) -> None:
    if found == wanted or (star is not None and found >= wanted - 1):
        return
    has = "more" if found > wanted else f"only {found}"
    message = f"{wanted} names are assigned, but {describe(value)} has {has} elements"
    raise ProgramError("ValueError", message, at.line)
