"""Opens a record: which file holds which variable, when and where; reads no fields."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from convwise.errors import ReadError, UsageError
from convwise.forecast.data.files import open_file
from convwise.forecast.data.grid import Grid
from convwise.forecast.data.layout import varies
from convwise.forecast.data.pieces import Piece, grid_in, in_order, piece_of
from convwise.forecast.data.record import Record, StaticField, static_field
from convwise.forecast.data.source import Source, expanded
from convwise.forecast.data.times import Times


def open_record(source: Source) -> Record:
    """The record that the source names; its values stay on disk.

    Raises ReadError when a variable is missing (with those that exist), has no time axis, or when
    files differ in calendar, levels, units or grid; UsageError when the variable is not told.
    """
    paths = expanded(source.paths)
    static_paths = expanded(source.static_paths) if source.static_paths else ()
    survey = _Survey(source, static_paths)
    for path in dict.fromkeys((*paths, *static_paths)):
        with open_file(path, source.axes) as data:
            survey.add(path, data)
    return survey.record(paths)


class _Survey:
    """What the files hold, gathered one file at a time."""

    def __init__(self, source: Source, static_paths: tuple[str, ...]) -> None:
        self._source = source
        self._static_paths = static_paths
        self._variables = source.variables
        self._pieces: dict[str, list[Piece]] = {}
        self._static: dict[str, StaticField] = {}
        self._grids: list[tuple[str, Grid]] = []
        self._seen: dict[str, None] = {}

    def add(self, path: str, data: xr.Dataset) -> None:
        """Take note of one file."""
        fields = {str(name): item.sizes for name, item in data.data_vars.items()}
        self._seen.update(dict.fromkeys(fields))
        if not self._variables:
            self._variables = (self._only(path, data),)
        for name in self._source.static:
            if name in data.variables and name not in self._static:
                self._static[name] = static_field(path, data, name, self._source)
                self._place(path, data, name)
        for name in self._variables:
            if name in fields and path not in self._static_paths:
                found = piece_of(path, data, name, self._source)
                self._pieces.setdefault(name, []).append(found)
                self._place(path, data, name)

    def _only(self, path: str, data: xr.Dataset) -> str:
        """The one variable that is a field and not static, where none was named."""
        names = [str(n) for n in data.data_vars if n not in self._source.static]
        fields = [n for n in names if varies(data, n, self._source.time)]
        if len(fields or names) == 1:
            return (fields or names)[0]
        listed = ", ".join(fields or names) or "none"
        raise UsageError(
            f"{path}: which variable? The file has {listed}",
            hint=f"variables=({(fields or names or ['t2m'])[0]!r},)",
        )

    def _place(self, path: str, data: xr.Dataset, variable: str) -> None:
        grid = grid_in(path, data, variable, self._source)
        if self._grids:
            first, known = self._grids[0]
            differs = known.same_place(grid)
            if differs:
                raise ReadError(f"{variable} is on another grid than in {first}: {differs}").at(
                    source=path
                )
        self._grids.append((path, grid))

    def record(self, paths: tuple[str, ...]) -> Record:
        """All of it as one record."""
        for name in (*self._variables, *self._source.static):
            if name not in self._pieces and name not in self._static:
                raise ReadError(
                    f"{name} is in none of the files: they have {', '.join(self._seen) or 'none'}",
                    hint="name one of these",
                ).at(source=paths[0])
        ordered = [in_order(self._pieces[name]) for name in self._variables]
        times = ordered[0][1]
        for name, (_, others) in zip(self._variables, ordered, strict=True):
            _same_times(self._variables[0], times, name, others)
        static = tuple(self._static[name] for name in self._source.static)
        source = replace(self._source, variables=self._variables)
        return Record(source, [made for made, _ in ordered], static, times, self._grids[0][1])


def _same_times(first: str, times: Times, name: str, others: Times) -> None:
    if len(times) != len(others):
        raise ReadError(f"{first} has {len(times)} frames, {name} {len(others)}")
    if times.calendar != others.calendar:
        raise ReadError(f"{first} is in the calendar {times.calendar}, {name} in {others.calendar}")
    if times.microseconds is not None and others.microseconds is not None:
        differ = np.flatnonzero(times.microseconds != others.microseconds)
        if len(differ):
            frame = int(differ[0])
            raise ReadError(
                f"{first} and {name} have different times: "
                f"{times.text(frame)} and {others.text(frame)} in frame {frame}"
            )
