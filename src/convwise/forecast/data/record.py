"""A record on disk as one lazy array (time, channel, y, x); knows nothing of windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from convwise.errors import ConvwiseError, ReadError
from convwise.forecast.data.channels import Channel
from convwise.forecast.data.files import unreadable
from convwise.forecast.data.grid import Grid
from convwise.forecast.data.handles import Handles
from convwise.forecast.data.layout import Layout, layout_of
from convwise.forecast.data.pieces import Piece, parts
from convwise.forecast.data.source import Source
from convwise.forecast.data.times import Times

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Box:
    """Rows [top, bottom) and columns [left, right) of a grid."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """For the last two axes of an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


@dataclass(frozen=True, slots=True)
class StaticField:
    """A field without time: its channel and where it is read from."""

    channel: Channel
    path: str
    layout: Layout


@final
class Record:
    """Frames on disk, read when they are asked for; travels to workers without open files.

    source: what the user said. channels: of each frame. static_channels: of the fields without
    time. times, grid: when and where. notes: what was assumed on opening.
    """

    def __init__(
        self,
        source: Source,
        pieces: list[list[Piece]],
        static: tuple[StaticField, ...],
        times: Times,
        grid: Grid,
    ) -> None:
        self.source = source
        self.times = times
        self.grid = grid
        self.channels = tuple(channel for made in pieces for channel in made[0].channels)
        self.static_channels = tuple(field.channel for field in static)
        self.notes = times.notes
        self._pieces = pieces
        self._static = static
        self._handles = Handles(source.axes)

    def __len__(self) -> int:
        return len(self.times)

    @property
    def whole(self) -> Box:
        """All cells."""
        return Box(0, self.grid.shape[0], 0, self.grid.shape[1])

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame in memory, static fields not counted."""
        return 4 * len(self.channels) * self.grid.shape[0] * self.grid.shape[1]

    @property
    def chunk_frames(self) -> int:
        """Frames that the files store together: reading less costs as much."""
        return max(piece.chunk_frames for made in self._pieces for piece in made)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file that frames come from, in the order of time, each once."""
        return tuple(dict.fromkeys(piece.path for made in self._pieces for piece in made))

    def file_ranges(self) -> tuple[tuple[str, int, int], ...]:
        """Frames [start, stop) of each file of the first variable."""
        found, first = [], 0
        for piece in self._pieces[0]:
            found.append((piece.path, first, first + piece.frames))
            first += piece.frames
        return tuple(found)

    def read(self, start: int, stop: int, box: Box | None = None) -> Field:
        """Frames [start, stop) as float32 (time, channel, y, x); NaN where a value is missing.

        Raises ReadError naming the file that cannot be read.
        """
        if not 0 <= start <= stop <= len(self):
            raise ReadError(f"frames {start} to {stop} of a record of {len(self)}")
        box = box or self.whole
        size = (box.bottom - box.top, box.right - box.left)
        out = np.empty((stop - start, len(self.channels), *size), np.float32)
        channel = 0
        for made in self._pieces:
            frame, count = 0, len(made[0].channels)
            for piece, inside in parts(made, start, stop):
                values = self._values(piece.path, piece.variable, piece.layout, inside, box)
                out[frame : frame + len(values), channel : channel + count] = values
                frame += len(values)
            channel += count
        return out

    def static(self, box: Box | None = None) -> Field:
        """The fields without time as float32 (channel, y, x); NaN where a value is missing."""
        box = box or self.whole
        if not self._static:
            return np.empty((0, box.bottom - box.top, box.right - box.left), np.float32)
        found = [
            self._values(field.path, field.channel.variable, field.layout, slice(0, 1), box)[0, 0]
            for field in self._static
        ]
        return np.stack(found)

    def close(self) -> None:
        """Close every file; the next read opens it again."""
        self._handles.close()

    def _values(
        self, path: str, variable: str, layout: Layout, inside: slice, box: Box
    ) -> NDArray[Any]:
        """(time, channel, y, x) of one file in its own type, NaN where missing."""
        with self._handles.lock:
            data = self._handles(path)
            try:
                values = _selected(data, variable, layout, inside, box)
            except ConvwiseError:
                raise
            # Whatever library reads the format has errors of its own for a damaged file.
            except Exception as error:
                raise unreadable(path, error) from error
        return _without_missing(values, self.source.missing)


def _selected(
    data: xr.Dataset, variable: str, layout: Layout, inside: slice, box: Box
) -> NDArray[Any]:
    rows, columns = box.slices
    chosen = {layout.y: rows, layout.x: columns}
    order = [*layout.extra, layout.y, layout.x]
    if layout.time is not None:
        chosen[layout.time] = inside
        order = [layout.time, *order]
    part = data[variable].variable.isel(chosen)
    values: NDArray[Any] = part.transpose(*order).values
    frames = values.shape[0] if layout.time is not None else 1
    return values.reshape(frames, -1, *values.shape[-2:])


def _without_missing(values: NDArray[Any], missing: tuple[float, ...]) -> NDArray[Any]:
    """Sentinels, compared in the type of the file, and values that are not finite become NaN."""
    lost = ~np.isfinite(values) if values.dtype.kind == "f" else np.zeros(values.shape, bool)
    for number in missing:
        if values.dtype.kind == "f":
            lost |= values == values.dtype.type(number)
        else:
            lost |= values == number
    made = values.astype(np.float32)
    made[lost] = np.nan
    return made


def static_field(path: str, data: xr.Dataset, variable: str, source: Source) -> StaticField:
    """A variable of a file as a field without time. Raises ReadError when it varies in time."""
    try:
        layout = layout_of(data, variable, source.time, source.space)
    except ReadError as error:
        raise error.at(source=path) from None
    sizes = data[variable].sizes
    many = [name for name in (layout.time, *layout.extra) if name and sizes[name] > 1]
    if many:
        raise ReadError(
            f"{variable} is no static field: it has {sizes[many[0]]} values along {many[0]}"
        ).at(source=path)
    attributes = data[variable].attrs
    channel = Channel(
        variable, "", str(attributes.get("units", "")), str(attributes.get("long_name", ""))
    )
    return StaticField(channel, path, layout)
