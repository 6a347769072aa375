"""Keras builds its model and prints `summary()`; it has no multiply-adds."""

from __future__ import annotations

import os
import runpy
from typing import Any

from benchmarks.contenders.tool import Answer, Subject, plain


def _build(subject: Subject) -> Any:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    # Else names of layers and what they hold grow from one round to the next.
    keras.utils.clear_session()
    return runpy.run_path(subject.path, run_name="benchmark")["model"]


def _ask(model: Any, subject: Subject) -> Answer:
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    return Answer(model.count_params(), None, "\n".join(lines))


TOOLS = {"keras": plain(_build, _ask)}
