"""Runs the statements of a module, each on its own: what one cannot do, the next may not need."""

from __future__ import annotations

import ast

from convwise.dialects.python.doubt import doubt
from convwise.dialects.python.machine import Frame, Machine
from convwise.dialects.python.values import Problem, ProgramError, Unknown


def run_module(run: Machine, body: list[ast.stmt], frame: Frame) -> None:
    """Interpret the module; a statement the program would stop at is reported and skipped."""
    meter = run.meter
    for node in body:
        meter.line = node.lineno
        meter.step(1)
        try:
            _run_one(run, node, frame)
        except ProgramError as error:
            meter.depth = 0
            meter.loops.clear()
            line = error.line or node.lineno
            run.problems.append(Problem(line, error.kind, error.message))
            frame.doubt = None
            doubt(run, [node], frame, Unknown(error.message, line))


def _run_one(run: Machine, node: ast.stmt, frame: Frame) -> None:
    """One statement; the body of `if __name__ == "__main__"` counts as statements of the module."""
    if isinstance(node, ast.If) and _asks_for_main(node.test):
        run_module(run, node.body, frame)
        return
    run.statements[node.__class__](run, node, frame)


def _asks_for_main(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
    )
