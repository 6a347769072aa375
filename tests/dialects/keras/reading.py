"""How the tests of this folder read snippets: with Keras imported the way people do it."""

from __future__ import annotations

from typing import Any

from convwise.dialects.keras.read_code import read_code
from convwise.errors import ConvwiseError
from convwise.graph.axes import describe
from convwise.graph.nodes import Graph

HEAD = (
    "import keras\n"
    "from keras import layers\n"
    "from keras.layers import *\n"
    "from keras.models import Sequential, Model\n"
)
#: The first line after HEAD.
FIRST = 5


def read(body: str, **options: Any) -> Graph:
    """The network of a snippet that comes after the imports."""
    return read_code(HEAD + body, filename="net.py", **options)


def bare(text: str, **options: Any) -> Graph:
    """The network of a snippet as it stands."""
    return read_code(text, filename="net.py", **options)


def refused(text: str, **options: Any) -> ConvwiseError:
    """The error that reading this text ends with."""
    try:
        read_code(text, filename="net.py", **options)
    except ConvwiseError as error:
        return error
    raise AssertionError("it was read without an error")


def rows(graph: Graph) -> list[str]:
    return [layer.name for layer in graph.layers]


def output(graph: Graph) -> str:
    """The shape of the first output, the free batch as None."""
    return describe(graph.tensor(graph.outputs[0]))


def parameters(graph: Graph) -> Any:
    total: Any = 0
    for weight in graph.weights.values():
        total = total + (weight.elements if weight.counted else 0)
    return total


def trainable(graph: Graph) -> Any:
    total: Any = 0
    for weight in graph.weights.values():
        total = total + (weight.elements if weight.trainable else 0)
    return total


def shapes(graph: Graph) -> dict[str, str]:
    """The last output of every layer, by its name."""
    found = {}
    for node in graph.nodes:
        found[graph.layers[node.layer].name] = describe(node.outputs[0])
    return found


def note_codes(graph: Graph) -> list[str]:
    return [note.code for note in graph.notes]
