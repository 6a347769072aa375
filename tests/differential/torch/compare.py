"""Reads a case with convwise, runs it with PyTorch on the meta device, and says what differs."""

from __future__ import annotations

import warnings
from typing import Any

import torch

import convwise
from convwise.errors import ConvwiseError
from convwise.graph.nodes import Graph
from tests.differential.torch.cases import Case
from tests.zoo.torch_agreement import differences
from tests.zoo.torch_oracle import TorchModel, describe


class RefusedError(Exception):
    """PyTorch does not run the case."""


def executed(case: Case) -> TorchModel:
    """What PyTorch says; RefusedError when it raises."""
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(case.code, names)
            with torch.device("meta"):
                network = names["Net"]()
            kind = torch.int64 if case.whole else torch.float32
            inputs = [torch.empty(shape, device="meta", dtype=kind) for shape in case.inputs]
            model = describe(network.eval(), inputs)
        except Exception as error:
            raise RefusedError(f"{type(error).__name__}: {error}") from None
    if any(0 in shape for shape in model.outputs):
        raise RefusedError("an empty output")
    return model


def runs(case: Case) -> bool:
    """Whether PyTorch really computes the case: some modules look at their arguments only then."""
    names: dict[str, Any] = {}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        exec(case.code, names)
        kind = torch.int64 if case.whole else torch.float32
        try:
            names["Net"]().eval()(*[torch.zeros(shape, dtype=kind) for shape in case.inputs])
        except (RuntimeError, ValueError, TypeError):
            return False
    return True


def read(case: Case) -> Graph:
    """What convwise says; raises ConvwiseError."""
    shapes = {name: shape[1:] for name, shape in zip("xyz", case.inputs, strict=False)}
    return convwise.read(case.code, shapes, dialect="torch").graph


def judged(case: Case) -> list[str] | None:
    """The differences of a legal case; None when both sides refuse it."""
    try:
        model = executed(case)
    except RefusedError as refusal:
        try:
            read(case)
        except ConvwiseError:
            return None
        return [f"PyTorch refuses it: {refusal}"]
    found = said(case, model)
    refused = found[:1] and found[0].startswith("refused")
    return None if refused and not runs(case) else found


def said(case: Case, model: TorchModel) -> list[str]:
    """What convwise says differently of a network that PyTorch has run."""
    try:
        return differences(read(case), model)
    except ConvwiseError as error:
        return [f"refused: {error}"]
