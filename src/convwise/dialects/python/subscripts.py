"""Subscript expressions: evaluates what is indexed and the index, then reads the item."""

from __future__ import annotations

import ast

from convwise.dialects.python.items import item
from convwise.dialects.python.machine import Frame, Machine, place


def subscript(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`a[b]`."""
    assert isinstance(node, ast.Subscript)
    value = run.evaluate(node.value, frame)
    index = run.evaluate(node.slice, frame)
    run.meter.steps_left -= 3
    return item(run, value, index, place(node, frame))


def slice_of(run: Machine, node: ast.expr, frame: Frame) -> object:
    """`a:b:c` between brackets."""
    assert isinstance(node, ast.Slice)
    return slice(
        *[
            None if part is None else run.evaluate(part, frame)
            for part in (node.lower, node.upper, node.step)
        ]
    )
