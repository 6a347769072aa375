"""One argument of one call changed, in the line as its author wrote it."""

from __future__ import annotations

import pytest

from convwise.dialects.python.edit import changed_line

PARAMETERS = ("pool_size", "strides", "padding")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = MaxPooling2D(2, strides=1)(x)", "x = MaxPooling2D(2, strides=2)(x)"),
        ("x = layers.MaxPooling2D((2, 2), (1, 1))(x)", "x = layers.MaxPooling2D((2, 2), 2)(x)"),
        ("x = MaxPooling2D(2, padding='same')", "x = MaxPooling2D(2, padding='same', strides=2)"),
        ("  x = MaxPooling2D()  # ä", "x = MaxPooling2D(strides=2)  # ä"),
    ],
)
def test_a_line(line: str, expected: str) -> None:
    indented = line.startswith(" ")
    text = f"if True:\n{line}\n" if indented else f"import keras\n{line}\n"
    assert changed_line(text, 2, "MaxPooling2D", PARAMETERS, "strides", 2) == expected


@pytest.mark.parametrize(
    "text",
    [
        "x = [MaxPooling2D(2), MaxPooling2D(3)]\n",
        "x = Pool(2)\n",
        "x = MaxPooling2D(2, strides=[\n1, 1])\n",
        "x = MaxPooling2D(2\n)\n",
        "x = (\n",
    ],
)
def test_lines_that_cannot_say_it(text: str) -> None:
    assert changed_line(text, 1, "MaxPooling2D", PARAMETERS, "strides", 2) is None
