"""Equations of products over named indices, read and written; must never know a kind's rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from string import ascii_letters
from typing import Final

from convwise.errors import RuleError

ELLIPSIS: Final = "..."
_HINT: Final = 'such as "bij,bjk->bik"'


@dataclass(frozen=True, slots=True)
class Equation:
    """Labels of every operand's axes and of the output's, one label per axis."""

    inputs: tuple[tuple[str, ...], ...]
    output: tuple[str, ...]

    @property
    def text(self) -> str:
        """The equation with an output, letters in the order in which they are first met."""
        labels = dict.fromkeys([label for labels in self.inputs for label in labels])
        letters = dict(zip(labels, ascii_letters, strict=False))
        inputs = [_written(labels, letters) for labels in self.inputs]
        return ",".join(inputs) + "->" + _written(self.output, letters)

    def last_use(self, label: str) -> int:
        """The last operand that has this label."""
        return max(place for place, labels in enumerate(self.inputs) if label in labels)


def _written(labels: tuple[str, ...], letters: dict[str, str]) -> str:
    return "".join([letters[label] for label in labels])


@cache
def parse(text: str, ranks: tuple[int, ...]) -> Equation:
    """The equation for operands of these numbers of axes; RuleError when it does not fit them.

    The axes behind `...` are labelled from the last, so that they are matched as in NumPy. Without
    "->" the output has them, then every letter that occurs once, in alphabetical order.
    """
    given, arrow, output = text.replace(" ", "").partition("->")
    terms = given.split(",")
    if len(terms) != len(ranks):
        raise RuleError(
            f'the equation "{text}" takes {len(terms)} inputs, {len(ranks)} are given', hint=_HINT
        )
    for term in (*terms, output):
        _must_be_letters(term, text)
    inputs = tuple([_labels(term, rank, text) for term, rank in zip(terms, ranks, strict=True)])
    used = {label for labels in inputs for label in labels}
    if len(used) > len(ascii_letters):
        raise RuleError(f'the equation "{text}" has {len(used)} indices, more than 52')
    hidden = _hidden(max([rank - len(_letters(t)) for t, rank in _spread(terms, ranks)] or [0]))
    if not arrow:
        letters = "".join([_letters(term) for term in terms])
        once = sorted([letter for letter in set(letters) if letters.count(letter) == 1])
        return Equation(inputs, (*hidden, *once))
    made = _expanded(output, hidden)
    _must_be_possible(made, used, text)
    return Equation(inputs, made)


def _spread(terms: list[str], ranks: tuple[int, ...]) -> list[tuple[str, int]]:
    pairs = zip(terms, ranks, strict=True)
    return [(term, rank) for term, rank in pairs if ELLIPSIS in term]


def _letters(term: str) -> str:
    return term.replace(ELLIPSIS, "")


def _must_be_letters(term: str, text: str) -> None:
    letters = _letters(term) if term.count(ELLIPSIS) < 2 else term
    if letters and not (letters.isascii() and letters.isalpha()):
        raise RuleError(f'"{term}" in the equation "{text}" is not made of letters', hint=_HINT)


def _labels(term: str, rank: int, text: str) -> tuple[str, ...]:
    """One label per axis of an operand."""
    count = len(_letters(term))
    if count > rank or (ELLIPSIS not in term and count != rank):
        raise RuleError(
            f'"{term}" in the equation "{text}" names {count} axes, its input has {rank}',
            hint="one letter per axis; ... stands for the others",
        )
    return _expanded(term, _hidden(rank - count))


def _hidden(count: int) -> tuple[str, ...]:
    """Labels of the axes behind an ellipsis, counted from the last."""
    return tuple([f"...{place}" for place in range(count, 0, -1)])


def _expanded(term: str, hidden: tuple[str, ...]) -> tuple[str, ...]:
    before, dots, after = term.partition(ELLIPSIS)
    return (*before, *hidden, *after) if dots else tuple(before)


def _must_be_possible(output: tuple[str, ...], used: set[str], text: str) -> None:
    for label in output:
        if label not in used:
            raise RuleError(f'the output of "{text}" has {label}, no input has it', hint=_HINT)
        if output.count(label) > 1:
            raise RuleError(f'the output of "{text}" has {label} more than once', hint=_HINT)
