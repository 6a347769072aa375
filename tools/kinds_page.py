"""Writes docs/kinds.md: every kind of the catalog with its rules worked out on its own examples."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import Path

from convwise.graph.axes import Tensor, describe
from convwise.graph.obligations import Must
from convwise.kinds.catalog import all_kinds, family_of
from convwise.kinds.contract import Example, Kind
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.windows import Padding

PAGE = Path(__file__).parents[1] / "docs" / "kinds.md"

HEAD = """# Kinds

This page is generated from the catalog. A *kind* is what an operation is; its rules are in one file
per family. Each example below is worked out by the rules themselves: the shape that comes out of
the shape that goes in, the number of weights, the multiply-adds forward, and the formulas.
"""


def page() -> str:
    """The whole page as Markdown."""
    kinds = sorted(all_kinds(), key=lambda kind: kind.name)
    return "\n".join([HEAD, *_index(kinds), *(line for kind in kinds for line in _section(kind))])


def _index(kinds: list[type[Kind]]) -> Iterator[str]:
    yield "| kind | family | what it does |"
    yield "|---|---|---|"
    for kind in kinds:
        yield f"| [{kind.name}](#{kind.name}) | {family_of(kind.name)} | {kind.summary} |"
    yield ""


def _section(kind: type[Kind]) -> Iterator[str]:
    yield f"## {kind.name}\n"
    yield f"{inspect.cleandoc(kind.__doc__ or kind.summary)}\n"
    fields = [_field(field) for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    if fields:
        yield f"Hyperparameters: {', '.join(fields)}\n"
    yield "| example | in | out | weights | multiply-adds |"
    yield "|---|---|---|---|---|"
    examples = kind.examples()
    for example in examples:
        yield _row(example)
    yield ""
    yield from _formulas(examples[0])


def _field(field: dataclasses.Field[object]) -> str:
    if field.default is dataclasses.MISSING:
        return f"`{field.name}`"
    return f"`{field.name}={_value(field.default)}`"


def _row(example: Example) -> str:
    kind, operands = example
    outputs = kind.outputs(operands, Must())
    weights = " + ".join(_weight(w.axes) for w in kind.weights(operands)) or "none"
    macs = kind.macs(operands, outputs).forward
    given, made = _shapes(operands), _shapes(outputs)
    return f"| {_settings(kind)} | {given} | {made} | {weights} | {macs} |"


def _shapes(tensors: tuple[Tensor, ...]) -> str:
    return ", ".join(describe(tensor) for tensor in tensors) or "nothing"


def _weight(axes: tuple[tuple[str, object], ...]) -> str:
    return "*".join(str(size) for _, size in axes) or "1"


def _settings(kind: Kind | Cell) -> str:
    """The hyperparameters that differ from their defaults, as they are written."""
    told = []
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        value = getattr(kind, field.name)
        if value != field.default:
            told.append(f"{field.name}={_value(value)}")
    return f"`{', '.join(told)}`" if told else "defaults"


def _value(value: object) -> str:
    if isinstance(value, Padding):
        return f"{value.rule}{value.amounts or ''}"
    if isinstance(value, Tensor):
        return describe(value)
    if isinstance(value, Cell):
        return _settings(value).strip("`")
    return str(value)


def _formulas(example: Example) -> Iterator[str]:
    """The first example's formulas."""
    kind, operands = example
    found = kind.formulas(operands, kind.outputs(operands, Must()))
    if found:
        yield "How the first example's numbers come about:\n"
        yield from (f"- {name}: `{formula.equation()}`" for name, formula in found.items())
        yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE)
