"""What every tool is asked: from a source to a model, from a model to an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Subject:
    """A network: the file it is in, and its input, channels first, without the batch."""

    path: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool says of a network: totals, and the table for a person to read.

    macs: forward multiply-adds of its contractions for one example, None if the tool has none.
    left_out: the operations that the tool itself says it could not count.
    """

    parameters: int
    macs: int | None
    text: str
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """build: source to model. ask: model to answer. command: what a whole process does."""

    build: Callable[[Subject], Any]
    ask: Callable[[Any, Subject], Answer]
    command: Callable[[Subject], Answer]


def plain(build: Callable[[Subject], Any], ask: Callable[[Any, Subject], Answer]) -> Tool:
    """A tool whose process is a script: build the model, ask, print."""
    return Tool(build, ask, lambda subject: ask(build(subject), subject))
