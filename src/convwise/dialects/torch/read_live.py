"""Reads live PyTorch modules: their own forward, run once on tensors without memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convwise.errors import ReadError, UsageError
from convwise.graph.nodes import Graph

if TYPE_CHECKING:
    from torch.nn import Module


def read_live(module: Module, *, inputs: Mapping[str | None, Any]) -> Graph:
    """The graph of a module as it is after `eval()`; nothing is computed, and nothing changed.

    inputs: for parameters of `forward`, or for all of them (None), a shape without the batch, in
    which a word is the name of an open size; a tensor or array with its batch in front; a list,
    tuple or dict of these; any other value is passed on. The batch is free where forward allows.
    Raises MissingInputError, UsageError, ReadError with the line where forward stops, RuleError.
    """
    from convwise.dialects.torch.live.reading import read

    return read(_inside(module), inputs)


def _inside(module: Any) -> Any:
    """The module that a wrapper holds. UsageError for what is none, ReadError for scripts."""
    import torch

    seen = 0
    while seen < 8:
        seen += 1
        name = type(module).__name__
        if name == "OptimizedModule":
            module = module._orig_mod
        elif name in ("DataParallel", "DistributedDataParallel") and isinstance(
            module, torch.nn.Module
        ):
            module = module.module
        else:
            break
    if not isinstance(module, torch.nn.Module):
        raise UsageError(
            f"a {type(module).__name__} is no PyTorch module", hint="give a torch.nn.Module"
        )
    for path, one in module.named_modules():
        if isinstance(one, torch.jit.ScriptModule):
            raise ReadError(
                f"{path or 'the network'} is compiled by torch.jit, which shows nothing of what "
                "runs in it",
                hint="give the module that it was scripted or traced from",
            )
    return module
