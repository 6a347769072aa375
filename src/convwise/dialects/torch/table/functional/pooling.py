"""Pooling functions: as the modules, with `return_indices` at the end."""

from __future__ import annotations

from convwise.dialects.torch.table.entry import Entry
from convwise.dialects.torch.table.pooling import CEIL, INDICES, window
from convwise.dialects.torch.table.pooling import ENTRIES as MODULES

_MODULES = {one.name: one for one in MODULES}


def _like(name: str, module: str) -> Entry:
    found = _MODULES[module]
    return Entry(name, found.parameters, found.parts, agree=found.agree, result=found.result)


def _max(rank: int, name: str) -> Entry:
    found = _MODULES[f"MaxPool{rank}d"]
    parameters = (*window(rank, dilated=True), CEIL, INDICES)
    return Entry(name, parameters, found.parts, agree=found.agree, result=found.result)


def _unpool(rank: int) -> Entry:
    found = _MODULES[f"MaxUnpool{rank}d"]
    parameters = (*found.parameters, *found.options)
    return Entry(f"max_unpool{rank}d", parameters, found.parts, tensors=found.tensors)


_RANKS = (1, 2, 3)

ENTRIES = (
    *[_max(rank, f"max_pool{rank}d") for rank in _RANKS],
    *[_like(f"avg_pool{rank}d", f"AvgPool{rank}d") for rank in _RANKS],
    *[_like(f"lp_pool{rank}d", f"LPPool{rank}d") for rank in _RANKS],
    *[_like(f"adaptive_max_pool{rank}d", f"AdaptiveMaxPool{rank}d") for rank in _RANKS],
    *[_like(f"adaptive_avg_pool{rank}d", f"AdaptiveAvgPool{rank}d") for rank in _RANKS],
    *[_unpool(rank) for rank in _RANKS],
    *[_like(f"fractional_max_pool{rank}d", f"FractionalMaxPool{rank}d") for rank in (2, 3)],
)
