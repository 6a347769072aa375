"""The tools that are compared: one module for each family, loaded only when it is asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contender:
    """One tool: its name in tables, which code it is given, its module, who of ours it meets.

    right: whether its multiply-adds of these networks are the closed form, so that a run checks
    them; None where it gives no multiply-adds.
    """

    title: str
    code: str
    module: str
    meets: str
    right: bool | None


_TORCH = "benchmarks.contenders.torch_tools"
CONTENDERS = {
    "convwise": Contender(
        "convwise, PyTorch code", "torch", "benchmarks.contenders.ours", "convwise", True
    ),
    "convwise_keras": Contender(
        "convwise, Keras code", "keras", "benchmarks.contenders.ours", "convwise_keras", True
    ),
    "torchinfo": Contender("torchinfo", "torch", _TORCH, "convwise", False),
    "torchinfo_meta": Contender("torchinfo, meta device", "torch", _TORCH, "convwise", False),
    "fvcore": Contender("fvcore", "torch", _TORCH, "convwise", True),
    "flop_counter": Contender("FlopCounterMode", "torch", _TORCH, "convwise", True),
    "flop_counter_meta": Contender(
        "FlopCounterMode, meta device", "torch", _TORCH, "convwise", True
    ),
    "torchlens": Contender("torchlens", "torch", _TORCH, "convwise", True),
    "keras": Contender(
        "Keras `summary()`", "keras", "benchmarks.contenders.keras_tool", "convwise_keras", None
    ),
    "onnx": Contender(
        "onnx shape inference", "onnx", "benchmarks.contenders.onnx_tool", "convwise", None
    ),
}
