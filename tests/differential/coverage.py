"""How many cases hit each layer, each parameter and each value that is a word; as a text table."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.differential.cases import Case
from tests.differential.families import all_recipes

WIDTH = 100
#: Parameters whose values are words, each worth a count of its own.
WORDS = ("activation", "data_format", "fill_mode", "interpolation", "mode", "padding")


@dataclass(slots=True)
class Coverage:
    """Counts of legal cases: per layer, (layer, parameter), (parameter, word), style and kind.

    Neutral parameters are counted over all layers together.
    """

    layers: Counter[str] = field(default_factory=Counter)
    parameters: Counter[tuple[str, str]] = field(default_factory=Counter)
    neutral: Counter[str] = field(default_factory=Counter)
    words: Counter[tuple[str, str]] = field(default_factory=Counter)
    styles: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)


def count(cases: Iterable[Case], changed: Callable[[Case], frozenset[str]]) -> Coverage:
    """Count the cases; a parameter counts where it is set to something other than its default."""
    coverage = Coverage()
    for recipe in all_recipes():
        coverage.layers[recipe.layer] = 0
        for parameter in recipe.parameters:
            if parameter.neutral:
                coverage.neutral[parameter.name] = 0
            else:
                coverage.parameters[recipe.layer, parameter.name] = 0
    for case in cases:
        _count_one(coverage, case, changed(case))
    return coverage


def _count_one(coverage: Coverage, case: Case, changed: frozenset[str]) -> None:
    coverage.layers[case.layer] += 1
    coverage.styles[case.style] += 1
    for name in changed:
        if (case.layer, name) in coverage.parameters:
            coverage.parameters[case.layer, name] += 1
        else:
            coverage.neutral[name] += 1
    for name, text in case.arguments:
        word = _word(text)
        if word is not None and name in WORDS:
            coverage.words[name, word] += 1


def _word(text: str) -> str | None:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text.removeprefix("keras.activations.")
    return value if isinstance(value, str) else None


def missed(coverage: Coverage, neutral: bool) -> list[str]:
    """Layers and parameters that no case hit; neutral parameters too if asked for."""
    layers = [layer for layer, hits in coverage.layers.items() if not hits]
    pairs = [f"{layer}({name})" for (layer, name), hits in coverage.parameters.items() if not hits]
    changeless = [name for name, hits in coverage.neutral.items() if neutral and not hits]
    return layers + pairs + changeless


def table(coverage: Coverage, title: str) -> str:
    """One paragraph per layer: its cases, then each parameter with its cases; words at the end."""
    lines = [title, ""]
    for layer, hits in coverage.layers.items():
        names = [name for one, name in coverage.parameters if one == layer]
        parts = [f"{name} {coverage.parameters[layer, name]}" for name in names]
        lines += _wrap(f"{layer:<24}{hits:>4}  ", parts)
    parts = [f"{name} {hits}" for name, hits in coverage.neutral.items()]
    lines += ["", *_wrap(f"{'change no number':<24}      ", parts)]
    for name in sorted({name for name, _ in coverage.words}):
        words = sorted(word for one, word in coverage.words if one == name)
        parts = [f"{word} {coverage.words[name, word]}" for word in words]
        lines += _wrap(f"{name:<24}      ", parts)
    parts = [f"{style} {hits}" for style, hits in sorted(coverage.styles.items())]
    lines += _wrap(f"{'styles of writing':<24}      ", parts)
    parts = [f"{kind} {hits}" for kind, hits in sorted(coverage.kinds.items())]
    lines += ["", *_wrap(f"{'kinds in the graphs':<24}      ", parts)]
    return "\n".join(lines)


def _wrap(head: str, parts: list[str]) -> list[str]:
    lines = []
    line = head
    for part in parts:
        if len(line) + len(part) > WIDTH:
            lines.append(line.rstrip())
            line = " " * len(head)
        line += f"{part}  "
    return [*lines, line.rstrip()]
