"""Text that cannot be parsed is refused with the place; text as people paste it is read."""

from __future__ import annotations

import pytest

from convwise.dialects.python.limits import Limits
from convwise.errors import LimitError, ReadError
from tests.dialects.python.fake import interpret


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "x = 1\ny = (2 +\n",
            "file.py:2: syntax error: '(' was never closed\n    y = (2 +\n        ^\n"
            "  to change: close this bracket",
        ),
        (
            "def f():\n    x = = 3\n",
            "file.py:2: syntax error: invalid syntax\n    x = = 3\n        ^\n"
            "  to change: correct this line, or keep only the part that defines the network",
        ),
        (
            "x = 1\n\x0cy = (\n",
            "file.py:2: syntax error: '(' was never closed\n    y = (\n        ^\n"
            "  to change: close this bracket",
        ),
        (
            "print 'x'\n",
            "file.py:1: syntax error: Missing parentheses in call to 'print'. Did you mean "
            "print(...)?\n    print 'x'\n    ^\n  to change: this is Python 2: write print(...)",
        ),
        (
            "if 1:\n        x = 1\n\ty = 2\n",
            "file.py:3: syntax error: inconsistent use of tabs and spaces in indentation\n"
            "    y = 2\n    ^\n"
            "  to change: indent with spaces only: the file mixes tabs and spaces",
        ),
        (
            "try:\n    pass\nexcept A, b:\n    pass\n",
            "file.py:3: syntax error: multiple exception types must be parenthesized\n"
            "    except A, b:\n           ^\n"
            "  to change: this is Python 2: use `except X as e`",
        ),
        (
            "x = \u201cvalid\u201d\n",
            "file.py:1: syntax error: invalid character '\u201c' (U+201C)\n"
            "    x = \u201cvalid\u201d\n        ^\n"
            "  to change: replace the character by its plain form (often a typographic quote)",
        ),
    ],
)
def test_syntax_errors_show_the_line_and_a_caret(text: str, message: str) -> None:
    with pytest.raises(ReadError) as caught:
        interpret(text)
    assert str(caught.value) == message


def test_long_lines_are_shown_around_the_caret() -> None:
    with pytest.raises(ReadError) as caught:
        interpret("x = [" + "1, " * 500 + "= ]\n")
    shown = str(caught.value).split("\n")[1]
    assert len(shown) <= 104
    assert "=" in shown


@pytest.mark.parametrize("text", ["x = 1\0", "\0", "\ud800"])
def test_what_is_not_text(text: str) -> None:
    with pytest.raises(ReadError) as caught:
        interpret(text)
    assert caught.value.message == "this is not text"


def test_too_large_a_text_is_refused_before_parsing() -> None:
    with pytest.raises(LimitError) as caught:
        interpret("(" * 300_000)
    assert caught.value.message == "the text has 300,000 bytes, at most 262,144 are read"


def test_too_many_braces() -> None:
    with pytest.raises(LimitError) as caught:
        interpret("x = f'" + "{y}" * 15_001 + "'\n")
    assert caught.value.message == "the text has more than 15,000 opening braces"


def test_too_many_statements() -> None:
    with pytest.raises(LimitError) as caught:
        interpret("f()\n" * 31_000)
    assert caught.value.message == "the text has more than 30,000 statements"


def test_size_counts_bytes() -> None:
    with pytest.raises(LimitError):
        interpret("x = '" + "\u00e9" * 60 + "'", limits=Limits(text_bytes=100))


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "-" * 100_000 + "1",
        "x = " + "1 + " * 50_000 + "1",
        "x = a" + ".b" * 50_000,
        "x = " + "lambda: " * 20_000 + "1",
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(LimitError) as caught:
        interpret(text).run()
    assert "deep" in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        ">>> x = 1\n>>> def f(n):\n...     return n\n...\n>>> y = f(2)\n>>> y\n2\n",
        "    x = 1\n    def f(n):\n        return n\n    y = f(2)\n",
        "!pip install keras\n%matplotlib inline\nx = 1\ny = 2\n",
        "In = 3\nx = 1\n%%time\ny = 2\n",
        "\ufeffx = 1\ny = 2\n",
        "x = 1\r\ny = 2\r\n",
    ],
)
def test_fragments_as_people_paste_them(text: str) -> None:
    names = interpret(text).run()
    assert (names["x"], names["y"]) == (1, 2)


def test_line_numbers_stay_those_of_the_paste() -> None:
    reading = interpret("!pip install x\n\nx = {}['k']\n")
    reading.run()
    assert reading.problems[0].line == 3
    assert reading._machine.host.notes[0][0] == "pasted"  # type: ignore[attr-defined]


def test_escapes_that_python_warns_about_are_silent(recwarn: pytest.WarningsRecorder) -> None:
    assert interpret("x = '\\d'\n").run()["x"] == "\\d"
    assert not recwarn.list
