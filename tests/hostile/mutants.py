"""Seeded mistakes in real networks: what happens to code while people edit and paste it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

ZOO = Path(__file__).parents[1] / "zoo"

_NUMBERS = (
    "0",
    "-1",
    "1",
    "2",
    "3",
    "7",
    "64",
    "1000003",
    "10**9",
    "1.5",
    "None",
    "'3'",
    "()",
    "x",
)
_WORDS = (
    "self", "x", "None", "nn", "forward", "in_channels", "return", "for", "lambda", "True", "*",
    "**", "[0]", "()", ".shape", ".size(0)", "if x:", "while True:", "not", "yield", "super()",
    "model", "layers", "torch", "keras", "del", "global x", "=", ",", ")", "(", "]", "}", "'", '"',
    "\\", "#", "@", ":", "\t", "    ", "\x0c", "\u2028", "é",
)  # fmt: skip

Lines = list[str]
Mutation = Callable[[Lines, random.Random], None]


def sources() -> list[tuple[str, str]]:
    """Every network of the zoo: name and text."""
    paths = [*sorted((ZOO / "keras").glob("*.py")), *sorted((ZOO / "torch").glob("*.py"))]
    return [(f"{path.parent.name}/{path.name}", path.read_text("utf-8")) for path in paths]


def _place(lines: Lines, chance: random.Random) -> int:
    return chance.randrange(len(lines))


def _drop_line(lines: Lines, chance: random.Random) -> None:
    if len(lines) > 1:
        del lines[_place(lines, chance)]


def _repeat_line(lines: Lines, chance: random.Random) -> None:
    place = _place(lines, chance)
    lines.insert(place, lines[place])


def _swap_lines(lines: Lines, chance: random.Random) -> None:
    one, two = _place(lines, chance), _place(lines, chance)
    lines[one], lines[two] = lines[two], lines[one]


def _cut_off(lines: Lines, chance: random.Random) -> None:
    del lines[_place(lines, chance) + 1 :]


def _indent(lines: Lines, chance: random.Random) -> None:
    place = _place(lines, chance)
    lines[place] = " " * chance.choice((1, 4)) + lines[place]


def _unindent(lines: Lines, chance: random.Random) -> None:
    place = _place(lines, chance)
    lines[place] = lines[place][chance.choice((1, 4)) :]


def _drop_character(lines: Lines, chance: random.Random) -> None:
    place = _place(lines, chance)
    if lines[place]:
        at = chance.randrange(len(lines[place]))
        lines[place] = lines[place][:at] + lines[place][at + 1 :]


def _insert_word(lines: Lines, chance: random.Random) -> None:
    place = _place(lines, chance)
    at = chance.randrange(len(lines[place]) + 1)
    lines[place] = lines[place][:at] + chance.choice(_WORDS) + lines[place][at:]


def _spans(line: str, wanted: Callable[[str], bool]) -> list[tuple[int, int]]:
    """Runs of characters of one sort."""
    found = []
    start = None
    for at, character in enumerate(line + "\n"):
        if wanted(character):
            start = at if start is None else start
        elif start is not None:
            found.append((start, at))
            start = None
    return found


def _replace(lines: Lines, chance: random.Random, wanted: Callable[[str], bool], new: str) -> None:
    place = _place(lines, chance)
    spans = _spans(lines[place], wanted)
    if spans:
        start, end = chance.choice(spans)
        lines[place] = lines[place][:start] + new + lines[place][end:]


def _change_number(lines: Lines, chance: random.Random) -> None:
    _replace(lines, chance, str.isdigit, chance.choice(_NUMBERS))


def _change_name(lines: Lines, chance: random.Random) -> None:
    names = [line[a:b] for line in lines[:60] for a, b in _spans(line, _in_name)] or ["x"]
    _replace(lines, chance, _in_name, chance.choice(names))


def _in_name(character: str) -> bool:
    return character.isalpha() or character == "_"


MUTATIONS: tuple[Mutation, ...] = (
    _drop_line,
    _repeat_line,
    _swap_lines,
    _cut_off,
    _indent,
    _unindent,
    _drop_character,
    _insert_word,
    _change_number,
    _change_number,
    _change_name,
    _change_name,
)


def mutant(texts: list[tuple[str, str]], seed: int) -> tuple[str, str]:
    """One network with one to four mistakes: its name and text."""
    chance = random.Random(seed)
    name, text = chance.choice(texts)
    lines = text.split("\n")
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4))):
        chance.choice(MUTATIONS)(lines, chance)
    return name, "\n".join(lines)
