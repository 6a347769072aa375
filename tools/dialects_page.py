"""Writes docs/dialects.md: the names that each dialect reads, from the tables of the readers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from convwise.dialects.keras import operations
from convwise.dialects.keras.bases import WRAPPERS
from convwise.dialects.keras.known_names import NOT_YET
from convwise.dialects.keras.table import index as keras
from convwise.dialects.matlab.functions import index as of_matlab
from convwise.dialects.matlab.table import index as matlab
from convwise.dialects.onnx.table import index as onnx
from convwise.dialects.onnx.table.unread import NOT_READ
from convwise.dialects.tensorflow1 import table as tensorflow1
from convwise.dialects.torch.functions import index as functions
from convwise.dialects.torch.table import index as torch

PAGE = Path(__file__).parents[1] / "docs" / "dialects.md"

HEAD = """# What is read

This page is generated from the tables of the readers. A name that is not here is reported as
unknown, with its place, and nothing behind it is guessed. How each dialect is read is told on the
page of its own.
"""

Families = Mapping[str, tuple[str, ...]]


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *[_section(title, *rest) for title, *rest in _sections()]])


def _sections() -> list[tuple[str, str, Families]]:
    layers = {**keras.families(), "wrappers": tuple(WRAPPERS)}
    modules = {name: known for name, known in torch.families().items() if "." not in name}
    called = {
        name.partition(".")[2]: known for name, known in torch.families().items() if "." in name
    }
    return [
        ("Keras layers", "Known by name and not read yet: " + _listed(NOT_YET) + ".", layers),
        ("Functions in Keras code", "In keras.ops, keras.backend, tf and tf.nn, of tensors.",
         operations.families()),
        ("PyTorch modules", "Classes of torch.nn; containers and Transformer classes besides.",
         modules),
        ("PyTorch functions", "In torch.nn.functional, torch, and as methods of tensors.",
         {**called, **{f"tensors: {name}": known for name, known in functions.families().items()}}),
        ("TensorFlow 1", "Functions and classes by their usual place.", tensorflow1.families()),
        ("MATLAB layers", "Layer functions of the Deep Learning Toolbox.", matlab.families()),
        ("MATLAB functions", "Of graphs, numbers, arrays and text.", of_matlab.families()),
        (
            "ONNX operators",
            f"Known by name and not read: {_listed(tuple(NOT_READ))}.",
            onnx.families(),
        ),
    ]  # fmt: skip


def _section(title: str, text: str, families: Families) -> str:
    rows = [
        f"| {family.replace('_', ' ')} | {_listed(names)} |" for family, names in families.items()
    ]
    return "\n".join([f"## {title}\n", f"{text}\n", "| family | names |", "|---|---|", *rows, ""])


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join([f"`{name}`" for name in names])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
