"""Live networks as ONNX models, written by the frameworks' own exporters; weights left out.

Weights of more than a few values are said to lie in a file that does not exist: whoever reads the
model and opens it fails.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Mapping
from typing import Any

import onnx
import torch
from torch import nn

#: The file that is never there.
NOWHERE = "/does/not/exist.bin"
_FEW = 1024

Shapes = Mapping[str, tuple[int, ...]]


def zeros(shapes: Shapes, whole: tuple[str, ...] = ()) -> tuple[torch.Tensor, ...]:
    """Inputs of these shapes, the batch included."""
    return tuple(
        [
            torch.zeros(shape, dtype=torch.int64 if name in whole else torch.float32)
            for name, shape in shapes.items()
        ]
    )


def unlike(network: nn.Module) -> nn.Module:
    """The network with weights that all differ, so that no exporter takes two for one."""
    with torch.no_grad():
        for tensor in [*network.parameters(), *network.buffers()]:
            if tensor.is_floating_point():
                tensor.uniform_()
    return network


def exported(
    network: nn.Module, shapes: Shapes, whole: tuple[str, ...] = (), *, optimized: bool = False
) -> onnx.ModelProto:
    """The model that `torch.onnx.export` writes, with a free batch."""
    import onnx_ir

    batch = tuple([{0: torch.export.Dim("batch")} for _ in shapes])
    with Quiet():
        program: Any = torch.onnx.export(
            unlike(network).eval(),
            zeros(shapes, whole),
            dynamo=True,
            optimize=optimized,
            input_names=list(shapes),
            dynamic_shapes=batch,
            verbose=False,
        )
    for value in program.model.graph.initializers.values():
        tensor = value.const_value
        if tensor is not None and tensor.size > _FEW:
            value.const_value = onnx_ir.ExternalTensor(
                NOWHERE, 0, tensor.nbytes, tensor.dtype, shape=tensor.shape, name=value.name
            )
    made: onnx.ModelProto = onnx_ir.serde.serialize_model(program.model)
    return made


def exported_by_tracing(
    network: nn.Module, shapes: Shapes, whole: tuple[str, ...] = (), *, opset: int = 17
) -> onnx.ModelProto:
    """The model that PyTorch's older exporter writes, with layers as they are."""
    file = io.BytesIO()
    with Quiet():
        torch.onnx.export(
            unlike(network).eval(),
            zeros(shapes, whole),
            file,
            dynamo=False,
            opset_version=opset,
            input_names=list(shapes),
            dynamic_axes={name: {0: "batch"} for name in shapes},
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False,
        )
    return outside(onnx.ModelProto.FromString(file.getvalue()))


def outside(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its large weights in a file that is not there."""
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) > 4 * _FEW:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value=NOWHERE)
    return model


class Quiet:
    """Exporters tell what they do."""

    def __enter__(self) -> None:
        self.warnings = warnings.catch_warnings()
        self.warnings.__enter__()
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)

    def __exit__(self, *_: object) -> None:
        logging.disable(logging.NOTSET)
        self.warnings.__exit__(None, None, None)
