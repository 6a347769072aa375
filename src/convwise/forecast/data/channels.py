"""Which channels the variables of a record make, by variable and level; reads no fields."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import xarray as xr

from convwise.errors import UsageError
from convwise.forecast.data.layout import Layout


@dataclass(frozen=True, slots=True)
class Channel:
    """One field of a frame. level: `pressure=500`, or "" where the variable has one level."""

    variable: str
    level: str = ""
    units: str = ""
    long_name: str = ""

    @property
    def name(self) -> str:
        """Its name in tables: `t2m`, `z[pressure=500]`."""
        return f"{self.variable}[{self.level}]" if self.level else self.variable


def channels_of(data: xr.Dataset, variable: str, layout: Layout) -> tuple[Channel, ...]:
    """The channels of one variable: one per place on its other axes, last varying first."""
    attributes = data[variable].attrs
    units = str(attributes.get("units", ""))
    long_name = str(attributes.get("long_name", attributes.get("standard_name", "")))
    places = [_places(data, dim) for dim in layout.extra]
    return tuple(
        Channel(variable, ",".join(filter(None, level)), units, long_name)
        for level in product(*places)
    )


def _places(data: xr.Dataset, dim: str) -> list[str]:
    size = int(data.sizes[dim])
    if size == 1:
        return [""]
    if dim in data.variables and data[dim].ndim == 1:
        return [f"{dim}={_short(value)}" for value in data[dim].values]
    return [f"{dim}={number}" for number in range(size)]


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float | np.floating) else str(value)


def chosen_channels(
    channels: tuple[Channel, ...], variables: tuple[str, ...] | None
) -> tuple[int, ...]:
    """The numbers of the channels of these variables, by default all. Raises UsageError."""
    known = dict.fromkeys(channel.variable for channel in channels)
    for variable in variables or ():
        if variable not in known:
            raise UsageError(
                f"{variable} is to be forecast and not in the record",
                hint=f"one of {', '.join(known)}",
            )
    return tuple(
        number
        for number, channel in enumerate(channels)
        if variables is None or channel.variable in variables
    )
