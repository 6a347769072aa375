"""Prints the examples with their questions and answers: `make demo`; computes nothing."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable
from itertools import takewhile

from convwise.examples import answers
from convwise.network import read
from convwise.reports.table import Column, layout
from convwise.sources import example_text

WIDTH = 100

ANSWERS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("feature_maps", answers.feature_maps),
    ("input_channels", answers.input_channels),
    ("cifar10", answers.cifar10),
    ("pooling_same", answers.pooling),
    ("mnist_weights", answers.weight_shape),
)


def _question(name: str) -> str:
    """What the example's asker wrote above the code."""
    text = example_text(name)
    if text.startswith("%"):
        lines = text.split("\n")
        return "\n".join([line[1:].strip() for line in takewhile(_is_comment, lines)])
    return ast.get_docstring(ast.parse(text)) or ""


def _is_comment(line: str) -> bool:
    return line.startswith("%")


def _title(name: str) -> str:
    return f"━━ {name} ".ljust(WIDTH, "━")


def _wrapped(text: str) -> str:
    return "\n".join(
        textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="  ")
        for line in text.split("\n")
    )


def main() -> None:
    """Print everything."""
    for name, answer in ANSWERS:
        print(_title(f"example:{name}"))
        print(f"\n{_wrapped(_question(name))}\n")
        print(read(f"example:{name}").summary().text(WIDTH))
        print(f"\nanswer\n{_wrapped(answer())}\n")
    heads, rows, text = answers.conv3d_or_channels()
    print(_title("example: conv3d, time_as_channels_one, time_as_channels"))
    print(f"\n{_wrapped(_question('conv3d'))}\n")
    columns = [Column(head, right=index > 0) for index, head in enumerate(heads)]
    print("\n".join(layout(columns, rows, WIDTH)))
    print(f"\nanswer\n{_wrapped(text)}\n")
    print(_title("the same networks, from other code"))
    print(f"\n{_wrapped(answers.in_other_dialects())}\n")
    print(_title("convwise explain example:feature_maps"))
    print(f"\n{read('example:feature_maps').explain().text(WIDTH)}")


if __name__ == "__main__":
    main()
