"""Modules exported by PyTorch, as live programs and as saved bytes; reads none."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import nn

from convwise.dialects.torch.read_program import read_file
from convwise.graph.nodes import Graph

Inputs = tuple[torch.Tensor, ...]


def exported(module: nn.Module, inputs: Inputs, *, free: bool = True) -> Any:
    """The program of a module after eval(); its batch is open where that is `free`."""
    shapes = tuple([{0: torch.export.Dim.DYNAMIC} if one.dim() else {} for one in inputs])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.export.export(
            module.eval(), inputs, dynamic_shapes=shapes if free else None, strict=False
        )


def saved(program: Any) -> bytes:
    """The bytes of its .pt2 file."""
    into = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.export.save(program, into)
    return into.getvalue()


def content(raw: bytes) -> dict[str, Any]:
    """The JSON of the program in a .pt2 file."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        [name] = [one for one in archive.namelist() if one.endswith("models/model.json")]
        found: dict[str, Any] = json.loads(archive.read(name))
        return found


def packed(members: dict[str, bytes | str]) -> bytes:
    """A zip archive of these members."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, value in members.items():
            archive.writestr(name, value)
    return into.getvalue()


def of_json(data: object) -> bytes:
    """A .pt2 file that holds nothing but this program."""
    return packed({"m/models/model.json": json.dumps(data), "m/archive_format": "pt2"})


def read_bytes(raw: bytes, folder: Path, **inputs: Any) -> Graph:
    """The graph of the bytes of a file."""
    path = folder / "net.pt2"
    path.write_bytes(raw)
    return read_file(path, label="net.pt2", name=None, inputs=inputs)


def graph(module: nn.Module, inputs: Inputs, folder: Path, *, free: bool = True) -> Graph:
    """A module exported, saved and read."""
    return read_bytes(saved(exported(module, inputs, free=free)), folder)
