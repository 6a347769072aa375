"""What a wrong snippet is: its code and everything its message must say."""

from __future__ import annotations

from typing import NamedTuple

from convwise.errors import ConvwiseError


class Case(NamedTuple):
    """A wrong snippet; `line` counts its own lines from 1, 0 means that no line is named."""

    name: str
    body: str
    error: type[ConvwiseError]
    line: int
    layer: str | None
    message: str
    hint: str
    shapes: tuple[str, ...] = ()


def in_stack(layers: str, shape: str = "(8, 8, 3)") -> str:
    return f"m = Sequential([Input({shape}), {layers}])"


NET = """class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = Conv2D(4, 3)
    def call(self, x):
        return self.conv(x)
net = Net()
"""
