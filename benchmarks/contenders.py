"""What each tool is asked for a Keras file: all shapes and the parameter total.

Run as a script, `contenders.py TOOL FILE` answers once: that is the whole process that is measured.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


def convwise_command(path: str) -> Answer:
    """`convwise summary FILE`: what a user runs; the answer is checked by the JSON form."""
    from convwise.cli import run

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        run(["summary", path, "--json"])
    totals = json.loads(printed.getvalue())
    return {
        "parameters": totals["totals"]["parameters"],
        "last": totals["layers"][-1]["output_shape"][1:],
    }


def convwise_warm(path: str) -> Answer:
    """Read and analyse in a process that has done so before."""
    import convwise

    answer = convwise.read(Path(path)).summary().to_dict()
    return {
        "parameters": answer["totals"]["parameters"],
        "last": answer["layers"][-1]["output_shape"][1:],
    }


def _keras_model(path: str) -> Any:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    keras.utils.clear_session()
    # The files train nothing when they are imported, but some print their summary.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = runpy.run_path(path, run_name="benchmark")
    return [value for value in found.values() if isinstance(value, keras.Model)][-1]


def keras_summary(path: str) -> Answer:
    """Keras builds the model and prints its `summary()`."""
    model = _keras_model(path)
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    assert lines
    return {"parameters": model.count_params(), "last": list(model.output_shape[1:])}


def onnx_inference(path: str) -> Answer:
    """onnx loads the same network from a file and infers every shape."""
    import math

    import onnx

    model = onnx.shape_inference.infer_shapes(onnx.load(path), strict_mode=True)
    sizes = [_sizes(value) for value in model.graph.input]
    shaped = {value.name for value in model.graph.value_info}
    assert all(name in shaped for node in model.graph.node[:-1] for name in node.output)
    # The first input is the image, the others are the weights.
    total = sum(math.prod(size) for size in sizes[1:])
    return {"parameters": total, "last": _sizes(model.graph.output[0])[1:]}


def _sizes(value: Any) -> list[int]:
    return [dim.dim_value for dim in value.type.tensor_type.shape.dim]


TOOLS: dict[str, Callable[[str], Answer]] = {
    "convwise": convwise_command,
    "convwise_warm": convwise_warm,
    "keras": keras_summary,
    "onnx": onnx_inference,
}

if __name__ == "__main__":
    print(json.dumps(TOOLS[sys.argv[1]](sys.argv[2])))
