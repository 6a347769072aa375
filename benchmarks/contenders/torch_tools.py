"""Tools that run a PyTorch model: each asked as its own documentation shows."""

from __future__ import annotations

import runpy
from typing import Any

from benchmarks.contenders.tool import Answer, Subject, plain

# fvcore also counts normalisation and pooling: these are its contractions.
CONTRACTIONS = ("conv", "linear", "matmul", "addmm", "bmm", "einsum")


def _build(subject: Subject) -> Any:
    return runpy.run_path(subject.path, run_name="benchmark")["model"].eval()


def _build_on_meta(subject: Subject) -> Any:
    """Weights have shapes and no values: nothing is drawn, nothing is computed."""
    import torch

    with torch.device("meta"):
        return _build(subject)


def _example(subject: Subject, device: str = "cpu") -> Any:
    import torch

    return torch.randn(1, *subject.shape, device=device)


def _parameters(model: Any) -> int:
    return sum(weight.numel() for weight in model.parameters())


def _torchinfo(model: Any, subject: Subject, device: str = "cpu") -> Answer:
    import torchinfo

    size = (1, *subject.shape)
    found = torchinfo.summary(model, input_size=size, device=device, verbose=0)
    return Answer(found.total_params, int(found.total_mult_adds), str(found))


def _torchinfo_on_meta(model: Any, subject: Subject) -> Answer:
    return _torchinfo(model, subject, "meta")


def _fvcore(model: Any, subject: Subject) -> Answer:
    from fvcore.nn import FlopCountAnalysis, flop_count_table

    found = FlopCountAnalysis(model, _example(subject)).unsupported_ops_warnings(False)
    operators = found.by_operator()
    macs = sum(int(operators.get(name, 0)) for name in CONTRACTIONS)
    left_out = tuple(sorted(found.unsupported_ops()))
    return Answer(_parameters(model), macs, flop_count_table(found), left_out)


def _flop_counter(model: Any, subject: Subject, device: str = "cpu") -> Answer:
    """It counts two operations for each multiply-add."""
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False, depth=None)
    with counter:
        model(_example(subject, device))
    text = counter.get_table(depth=10)
    return Answer(_parameters(model), counter.get_total_flops() // 2, text)


def _flop_counter_on_meta(model: Any, subject: Subject) -> Answer:
    return _flop_counter(model, subject, "meta")


def _torchlens(model: Any, subject: Subject) -> Answer:
    import torchlens

    found = torchlens.trace(model, _example(subject))
    unknown = (*found.unknown_flop_ops, *found.macs_unknown_split_ops)
    left_out = tuple(sorted({group.func_name for group in unknown}))
    macs = int(found.total_macs_forward or 0)
    return Answer(found.num_params, macs, str(found.summary()), left_out)


TOOLS = {
    "torchinfo": plain(_build, _torchinfo),
    "torchinfo_meta": plain(_build_on_meta, _torchinfo_on_meta),
    "fvcore": plain(_build, _fvcore),
    "flop_counter": plain(_build, _flop_counter),
    "flop_counter_meta": plain(_build_on_meta, _flop_counter_on_meta),
    "torchlens": plain(_build, _torchlens),
}
