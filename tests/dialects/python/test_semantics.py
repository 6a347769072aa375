"""The reader and Python itself agree on programs that both can run."""

from __future__ import annotations

import math

import pytest

from convwise.dialects.python.values import Instance
from tests.dialects.python.fake import names_of
from tests.dialects.python.snippets import SNIPPETS

_PLAIN = (bool, int, float, str, bytes, type(None), type(...), range)


def executed(text: str) -> dict[str, object]:
    """What Python makes of a snippet of ours."""
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(text, "snippet", "exec"), names)
    return {name: value for name, value in names.items() if not name.startswith("__")}


def plain(value: object) -> object:
    """The value as far as the two can be compared; objects of classes are one word."""
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return "object"
    if isinstance(value, (list, tuple)):
        return type(value)(plain(item) for item in value)
    if isinstance(value, (set, frozenset)):
        return type(value)(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return "object"


@pytest.mark.parametrize("feature", SNIPPETS)
def test_agrees_with_python(feature: str) -> None:
    text = SNIPPETS[feature]
    expected = {name: plain(value) for name, value in executed(text).items()}
    found = {name: plain(value) for name, value in names_of(text).items()}
    assert found == expected
    for name, value in found.items():
        assert type(value) is type(expected[name]), name


def test_comparison_can_fail() -> None:
    assert plain(names_of("a = 1, 2")["a"]) != plain(executed("a = 1, 3")["a"])
    assert plain(Instance.__new__(Instance)) == "object"
