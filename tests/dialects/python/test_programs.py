"""The reader and Python agree on random programs, also on where and how a program stops."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.dialects.python.fake import interpret
from tests.dialects.python.programs import PROGRAMS

_NAMES = ("a", "b", "c", "xs")


def _executed(text: str) -> tuple[dict[str, object], str | None]:
    """The names of a program of ours as Python leaves them, and the exception it stops with."""
    names: dict[str, object] = {}
    stopped = None
    try:
        exec(compile(text, "program", "exec"), names)
    except Exception as error:
        stopped = type(error).__name__
    return {name: names[name] for name in _NAMES}, stopped


def _agree(text: str) -> None:
    expected, stopped = _executed(text)
    reading = interpret(text)
    names = reading.run()
    if stopped is not None:
        assert reading.problems, text
        assert reading.problems[0].kind == stopped, text
        return
    assert reading.problems == [], text
    assert {name: names[name] for name in _NAMES} == expected, text


@settings(max_examples=150)
@given(PROGRAMS)
def test_random_programs(text: str) -> None:
    _agree(text)


@pytest.mark.slow
@settings(max_examples=1500)
@given(PROGRAMS)
def test_many_random_programs(text: str) -> None:
    _agree(text)


def test_a_difference_is_found() -> None:
    expected, _ = _executed("a = b = c = 1\nxs = [1]\n")
    assert interpret("a = b = c = 2\nxs = [1]\n").run()["a"] != expected["a"]
