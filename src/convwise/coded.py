"""The changed lines of somebody's code for a change that is worth a thought."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from convwise.analyses.lessons.contract import Change
from convwise.dialects.python.edit import changed_line
from convwise.graph.nodes import Graph, Layer

#: What the dialects call the fields that are changed.
_WORDS: Final = {
    "keras": {"stride": "strides", "function": "activation"},
    "torch": {"stride": "stride"},
    "matlab": {"stride": "Stride"},
}


def coded(change: Change, graph: Graph, text: str) -> Change:
    """The change with every line that says it; without one where the code does not show it."""
    words = _WORDS.get(graph.dialect, {})
    lines: dict[int, str] = {}
    for layer in graph.layers:
        if layer.name not in change.layers or layer.line is None:
            continue
        for field, value in change.fields:
            if field in words:
                line = _line(graph.dialect, text, layer, words[field], _shortest(value))
                if line is not None:
                    lines[layer.line] = line
    return replace(change, code=tuple(lines.items()))


def _line(dialect: str, text: str, layer: Layer, word: str, value: object) -> str | None:
    """The layer's line with another value of an argument."""
    assert layer.line is not None
    if dialect == "matlab":
        from convwise.dialects.matlab.edit import changed_line as changed_matlab

        return changed_matlab(text, layer.line, layer.dialect_name, word, value)
    parameters = _parameters(dialect, layer.dialect_name)
    return changed_line(text, layer.line, layer.dialect_name, parameters, word, value)


def _shortest(value: object) -> object:
    """One number where all are the same: strides=2."""
    if isinstance(value, tuple) and len(set(value)) == 1:
        return value[0]
    return value


def _parameters(dialect: str, name: str) -> tuple[str, ...]:
    if dialect == "keras":
        from convwise.dialects.keras.table.index import find
    else:
        from convwise.dialects.torch.table.index import find  # type: ignore[assignment]
    entry = find(name)
    return () if entry is None else tuple([one.name for one in entry.parameters])
