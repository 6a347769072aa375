"""Where a program would stop, the statement is passed over with its line and a message."""

from __future__ import annotations

import pytest

from convwise.dialects.python.values import Problem
from tests.dialects.python.fake import interpret

_CLASS = "class A:\n    def f(self, a): return a\n"
_FUNCTION = "def f(a, *, b=2): return a\n"


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("1 + 'a'", "TypeError", "`+` does not go with `1` and 'a'"),
        ("[1] - [2]", "TypeError", "`-` does not go with a list and a list"),
        ("-'a'", "TypeError", "`-` does not go with 'a'"),
        ("1 // 0", "ZeroDivisionError", "integer division or modulo by zero"),
        ("1 < 'a'", "TypeError", "`1` and 'a' have no order"),
        ("[1, 2][5]", "IndexError", "index 5 is outside of a list with 2 elements"),
        ("[1]['a']", "TypeError", "'a' is no index of a list"),
        ("{'a': 1}['b']", "KeyError", "no key 'b' in the dict"),
        ("{[1]: 2}", "TypeError", "a list cannot be a key"),
        ("3[0]", "TypeError", "`3` has no items"),
        ("(3)()", "TypeError", "`3` cannot be called"),
        ("len(3)", "TypeError", "`3` has no length"),
        ("[x for x in 3]", "TypeError", "`3` has no elements to go through"),
        ("a, b = 1, 2, 3", "ValueError", "2 names are assigned, but a tuple has more elements"),
        ("a, b = [1]", "ValueError", "2 names are assigned, but a list has only 1 elements"),
        ("int('x')", "ValueError", "`int`: invalid literal for int() with base 10: 'x'"),
        ("int([])", "TypeError", "a list is not a number"),
        ("range(1.5)", "TypeError", "range of `1.5`"),
        ("min([])", "ValueError", "min of nothing"),
        ("next(iter([]))", "StopIteration", "there is no next element"),
        ("''.join([1])", "TypeError", "join takes text only"),
        ("'%d' % 'a'", "TypeError", "%d format: a real number is required, not str"),
        ("'{} {}'.format(1)", "KeyError", "the format has no value for `{1}`"),
        ("[1].remove(2)", "ValueError", "`2` is not in the list"),
        ("'a'.nothing", "AttributeError", "'a' has no attribute `nothing`"),
        ("None.nothing", "AttributeError", "`None` has no attribute `nothing`"),
        (
            "().__class__",
            "AttributeError",
            "`__class__` is not read: names with double underscores stay closed",
        ),
        ("raise ValueError('no ' + 'way')", "ValueError", "the program raises ValueError: no way"),
        ("assert 1 == 2", "AssertionError", "the assertion does not hold"),
        ("assert 0, f'{1}!'", "AssertionError", "the assertion does not hold: 1!"),
        (_FUNCTION + "f()", "TypeError", "`f` is called without its argument `a`"),
        (_FUNCTION + "f(1, 2)", "TypeError", "`f` takes 1 arguments, but 2 are given"),
        (_FUNCTION + "f(1, c=2)", "TypeError", "`f` has no argument `c`"),
        (_FUNCTION + "f(1, a=2)", "TypeError", "`f` has two values for its argument `a`"),
        (_CLASS + "A(3)", "TypeError", "`A` takes no arguments: it has no `__init__`"),
        (_CLASS + "A().x", "AttributeError", "an object of class `A` has no attribute `x`"),
        (_CLASS + "A().f()", "TypeError", "`f` is called without its argument `a`"),
        (_CLASS + "A()()", "TypeError", "an object of class `A` cannot be called"),
        ("import math\nmath.sqrt(-1)", "ValueError", "`sqrt`: math domain error"),
        ("str(7 ** 9999)", "ValueError", "an integer of more than 4,300 digits is not written out"),
    ],
)
def test_messages(text: str, kind: str, message: str) -> None:
    reading = interpret(f"{text}\nafter = 1\n")
    names = reading.run()
    assert names["after"] == 1
    (problem,) = reading.problems
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.message) == (kind, message)
    assert problem.line is not None
    assert 1 <= problem.line <= text.count("\n") + 1


def test_the_line_is_the_one_that_stops() -> None:
    reading = interpret("def f(x):\n    y = x\n    return y['k']\n\nz = f(\n    {}\n)\n")
    reading.run()
    assert [problem.line for problem in reading.problems] == [3]


def test_problems_come_in_order() -> None:
    reading = interpret("[][0]\nx = 1\n{}[0]\n''.a\n")
    reading.run()
    assert [problem.line for problem in reading.problems] == [1, 3, 4]
