"""onnx is given a ready graph and infers every shape; it has no multiply-adds."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.contenders.tool import Answer, Subject, plain


def _build(subject: Subject) -> Any:
    import onnx

    return onnx.load(subject.path)


def _ask(model: Any, subject: Subject) -> Answer:
    import onnx

    found = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    # The first input is the image, the others are the weights.
    total = sum(math.prod(_sizes(value)) for value in found.graph.input[1:])
    shaped = [*found.graph.value_info, *found.graph.output]
    return Answer(total, None, "\n".join(f"{v.name} {_sizes(v)}" for v in shaped))


def _sizes(value: Any) -> list[int]:
    return [dim.dim_value for dim in value.type.tensor_type.shape.dim]


TOOLS = {"onnx": plain(_build, _ask)}
