"""Which parameters of a saved program are one tensor under several paths; loads no weights."""

from __future__ import annotations

import json
from collections.abc import Mapping


def shared_parameters(weights: object) -> Mapping[str, str]:
    """The first path of each tensor that has several, by the others.

    The archive says in which member every parameter lies. On the device "meta" nothing lies
    anywhere, and nothing is told.
    """
    config = weights.get("config") if type(weights) is dict else None
    if type(config) is not dict:
        return {}
    firsts: dict[str, str] = {}
    found: dict[str, str] = {}
    for path, said in config.items():
        place = _place(said)
        if place is not None:
            first = firsts.setdefault(place, path)
            if first != path:
                found[path] = first
    return found


def _place(said: object) -> str | None:
    """Where a parameter lies in the archive, and how."""
    if type(said) is not dict or type(said.get("path_name")) is not str:
        return None
    meta = said.get("tensor_meta")
    if type(meta) is not dict or said.get("is_param") is not True:
        return None
    device = meta.get("device")
    if type(device) is not dict or device.get("type") == "meta":
        return None
    parts = [meta.get(key) for key in ("sizes", "strides", "storage_offset", "dtype")]
    return json.dumps([said["path_name"], *parts])
