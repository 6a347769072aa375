"""One configuration as the source text of a model, in the styles people write; no framework."""

from __future__ import annotations

from tests.differential.cases import Case

HEADER = "import keras\nfrom keras import layers\n"


def source(case: Case, before: str = "") -> str:
    """A whole file whose last layer is the case's; `before` is a layer put in front of it."""
    if case.style in ("sequential", "add", "input_shape"):
        return _sequential(case, before)
    header, constructor = _spelling(case)
    lines = [header]
    names = []
    for index in range(len(case.shapes)):
        names.append(f"x{index}")
        lines.append(f"x{index} = {_input(case, index)}")
    inputs = list(names)
    if before:
        lines += [f"{name}b = {before}({name})" for name in names]
        inputs = [f"{name}b" for name in names]
    lines += _call(case, constructor, inputs)
    lines.append(f"model = keras.Model([{', '.join(names)}], out)")
    return "\n".join(lines) + "\n"


def _input(case: Case, index: int) -> str:
    dtype = "" if case.dtype == "float32" else f", dtype={case.dtype!r}"
    return f"keras.Input(shape={case.shapes[index]}{dtype})"


def _spelling(case: Case) -> tuple[str, str]:
    """The import lines and the constructor with its arguments."""
    inside = case.inside
    if case.style == "module":
        return HEADER, f"keras.layers.{case.layer}({inside})"
    if case.style == "direct":
        return f"{HEADER}from keras.layers import {case.layer}\n", f"{case.layer}({inside})"
    if case.style == "tf":
        header = "import tensorflow as tf\nfrom tensorflow import keras\n"
        header += "from tensorflow.keras import layers\n"
        return header, f"tf.keras.layers.{case.layer}({inside})"
    return HEADER, f"layers.{case.layer}({inside})"


def _call(case: Case, constructor: str, inputs: list[str]) -> list[str]:
    several = ", ".join(inputs)
    if len(inputs) > 1 and not case.spread:
        several = f"[{several}]"
    if case.style == "lower":
        inside = f", {case.inside}" if case.inside else ""
        return [f"out = layers.{case.lower}({several}{inside})"]
    if case.style == "later":
        return [f"operation = {constructor}", f"out = operation({several})"]
    return [f"out = {constructor}({several})"]


def _sequential(case: Case, before: str) -> str:
    stack = [_input(case, 0), before, f"layers.{case.layer}({case.inside})"]
    if case.style == "input_shape" and not before:
        comma = ", " if case.inside else ""
        inside = f"{case.inside}{comma}input_shape={case.shapes[0]}"
        stack = [f"layers.{case.layer}({inside})"]
    stack = [text for text in stack if text]
    if case.style == "add":
        lines = ["model = keras.Sequential()", *(f"model.add({text})" for text in stack)]
        return HEADER + "\n".join(lines) + "\n"
    inner = "".join(f"    {text},\n" for text in stack)
    return f"{HEADER}model = keras.Sequential([\n{inner}])\n"
