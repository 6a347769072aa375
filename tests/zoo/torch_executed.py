"""The networks of the PyTorch zoo as live PyTorch sees them, each executed only once a process."""

from __future__ import annotations

import functools

from . import torch_oracle
from .torch_cases import CASES, Case


def executed(case: Case) -> torch_oracle.TorchModel:
    """What the oracle says of a case of the table."""
    return _executed(CASES.index(case))


@functools.cache
def _executed(index: int) -> torch_oracle.TorchModel:
    return torch_oracle.model(CASES[index])
