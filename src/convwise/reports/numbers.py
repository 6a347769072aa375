"""Numbers for the eye: grouping, units, sizes; every form says its unit."""

from __future__ import annotations

from fractions import Fraction

from convwise.analyses.amount import Amount, AtLeast
from convwise.analyses.receptive_field import Field
from convwise.graph.axes import BATCH, FREE_BATCH, Tensor
from convwise.graph.dims import Dim

_BYTE_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")


def grouped(value: Dim) -> str:
    """18496 -> 18,496; a symbolic size as its formula."""
    return f"{value:,}" if type(value) is int else str(value)


def amount(value: Amount) -> str:
    """An exact number; `>= n` where a part is not known, "unknown" where nothing is."""
    if isinstance(value, AtLeast):
        return "unknown" if value.known == 0 else f">= {grouped(value.known)}"
    return grouped(value)


def byte_size(value: Amount) -> str:
    """Bytes in binary units with three figures: 10.8 MiB."""
    if isinstance(value, AtLeast):
        return "unknown" if value.known == 0 else f">= {byte_size(value.known)}"
    if type(value) is not int:
        return f"{value} bytes"
    unit = 0
    while value >= 1024 ** (unit + 1) and unit < len(_BYTE_UNITS) - 1:
        unit += 1
    if unit == 0:
        return f"{value:,} bytes"
    # An integer first: sizes that nobody can have are larger than any float.
    thousandths = 1000 * value // 1024**unit
    size = f"{thousandths / 1000:.3g}" if thousandths < 10**6 else f"{thousandths // 1000:,}"
    return f"{size} {_BYTE_UNITS[unit]}"


def shape(tensor: Tensor) -> str:
    """The sizes without a batch axis: 61 x 61 x 24; one number for a vector."""
    if not tensor.known:
        return "unknown"
    if tensor.shape == (0,):
        return "nothing"
    dims = [_dim(axis.dim) for axis in tensor.axes if axis.role != BATCH]
    return " x ".join(dims) or "1"


def _dim(dim: Dim) -> str:
    text = "batch" if dim == FREE_BATCH else str(dim)
    return f"({text})" if " " in text else text


def field(fields: dict[str, Field]) -> str:
    """What one output position sees: 8 x 8, `all` where it sees the whole input."""
    if not fields:
        return ""
    if all(one.whole for one in fields.values()):
        return "all"
    return " x ".join(_extent(one) for one in fields.values())


def _extent(one: Field) -> str:
    if one.whole:
        return "all"
    return "?" if one.partial else str(one.size)


def place(value: Dim | Fraction | None) -> str:
    """A position or step, a fraction where it is between pixels."""
    return "?" if value is None else str(value)
