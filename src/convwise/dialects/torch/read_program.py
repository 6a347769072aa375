"""Reads programs of torch.export, from .pt2 files without PyTorch and from live ones; runs none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from convwise.dialects.python.bounded import reading_of
from convwise.errors import ReadError
from convwise.graph.nodes import Graph

if TYPE_CHECKING:
    from torch.export import ExportedProgram

Inputs = Mapping[str | None, tuple[int | str | None, ...]]

#: More than the description of any network has; its weights are not counted.
MOST_BYTES: Final = 32 << 20


def read_file(path: Path, *, label: str, name: str | None, inputs: Inputs) -> Graph:
    """The graph of a .pt2 file; only the JSON of its graph is read, nothing is unpickled or run.

    inputs: shapes without the batch by input name, or for all (None), for sizes that the program
    leaves open; a word is the name of an open size. A batch that is a number in the program stays.
    Raises ReadError for what is no program, UsageError for shapes that it cannot have, LimitError.
    """
    from convwise.dialects.torch.program.archive import described
    from convwise.dialects.torch.program.reading import graph_of
    from convwise.dialects.torch.program.sharing import shared_parameters
    from convwise.dialects.torch.program.stored import program_of

    with reading_of(label):
        found = described(path, name, MOST_BYTES)
        shared = shared_parameters(found.weights)
        program = program_of(found.program, name=found.title, given=inputs, shared=shared)
        return graph_of(program)


def read_program(program: ExportedProgram, *, inputs: Inputs) -> Graph:
    """The graph of a live program of torch.export, which stays as it is."""
    from convwise.dialects.torch.program.exported import program_of
    from convwise.dialects.torch.program.reading import graph_of

    with reading_of("an exported program"):
        return graph_of(program_of(program, inputs))


def refusal(path: Path) -> ReadError:
    """Why a file of weights or a pickled model is not read, and what to give instead."""
    from convwise.dialects.torch.program.refused import refusal as refused

    return refused(path)
