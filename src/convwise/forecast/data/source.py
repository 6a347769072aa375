"""What a user says about a record on disk: plain facts that travel to workers; opens nothing."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass

from convwise.errors import ReadError, UsageError


@dataclass(frozen=True, slots=True)
class Source:
    """Files and what to take from them.

    paths: files, Zarr folders or glob patterns. variables: names, in the order of the channels;
    none given: the only one there is. static: names of variables without time (a land mask, an
    orography), looked for in `paths` first, then in `static_paths`. missing: numbers that stand for
    "no value" besides NaN, as they are after scale and offset were applied. axes: names of the axes
    of `.npy` and `.npz` arrays, in their order. time, space: names of the time axis and of the two
    axes of space, where the file does not tell. Raises UsageError when there is nothing to read.
    """

    paths: tuple[str, ...]
    variables: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    static_paths: tuple[str, ...] = ()
    missing: tuple[float, ...] = ()
    axes: tuple[str, ...] = ()
    time: str | None = None
    space: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if not self.paths:
            raise UsageError("no file is given", hint="give a path or a pattern: 'data/*.nc'")
        for names in (self.variables, self.static):
            if len(set(names)) < len(names):
                raise UsageError(f"a variable is named twice: {', '.join(names)}")


def expanded(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Every path that the patterns stand for, sorted within a pattern, each once.

    Raises ReadError when a pattern or path matches nothing.
    """
    found: dict[str, None] = {}
    for given in paths:
        path = os.path.expanduser(given)
        matches = [path] if os.path.exists(path) else sorted(glob.glob(path, recursive=True))
        if not matches:
            raise ReadError(f"{given}: no such file", hint="check the path; patterns need quotes")
        found.update(dict.fromkeys(matches))
    return tuple(found)
