"""Interpolation to other sizes: which coordinates ONNX means, and which of them the kinds have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor
from struct import pack, unpack
from typing import Final, NamedTuple

from convwise.dialects.onnx.op import Built, Op
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    broken,
    chain,
    one,
    plain,
    positions,
    sizes,
    tensor,
    values,
)
from convwise.dialects.onnx.table.views import IMAGE
from convwise.graph.axes import CHANNEL, SPATIAL
from convwise.graph.builder import Roles
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import Kind
from convwise.kinds.resize import Resize, Upsample
from convwise.kinds.views import Identity

_METHODS: Final = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}
_CUBIC: Final = -0.75


class _Grown(NamedTuple):
    """One axis: its position, its size before and after, and the factor the file gives."""

    position: int
    size: Dim
    out: Dim
    scale: float | None


def _upsample(op: Op) -> Built:
    """The operator that Resize replaced: nearest and linear, counted from the first pixel."""
    word = op.text("mode", "nearest")
    if op.version < 9:
        factors: Sequence[float] = op.numbers("scales") or ()
    else:
        factors = _numbers(op, 1)
    return _resized(op, word, "asymmetric", "floor", _by_factors(op, factors, None))


def _resize(op: Op) -> Built:
    """Since version 11 with sizes, coordinates and the rule for what is nearest."""
    word = op.text("mode", "nearest")
    if op.version < 11:
        grown = _by_factors(op, _numbers(op, 1), None)
        return _resized(op, word, "asymmetric", "floor", grown)
    if op.text("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise NotClear("Resize that keeps the shape of things")
    named = op.integers("axes")
    by_size = op.has(3) and op.input(3).constant != () and tensor(op, 3).shape != (0,)
    if by_size:
        grown = _by_sizes(op, sizes(op, 3, "the sizes"), named)
    else:
        grown = _by_factors(op, _numbers(op, 2), named)
    coordinates = op.text("coordinate_transformation_mode", "half_pixel")
    return _resized(op, word, coordinates, op.text("nearest_mode", "round_prefer_floor"), grown)


def _must_be_plain(op: Op) -> None:
    """NotClear for what the kinds do not have."""
    if op.integer("exclude_outside", 0):
        raise NotClear("Resize that leaves out pixels outside of the image")
    if op.integer("antialias", 0) and op.text("mode", "nearest") != "nearest":
        raise NotClear("Resize with antialias")
    if op.text("mode", "nearest") == "cubic" and op.number("cubic_coeff_a", _CUBIC) != _CUBIC:
        raise NotClear("Resize by cubics of another slope than -0.75")


def _numbers(op: Op, place: int) -> tuple[float, ...]:
    found = [plain(value) for value in values(op, place, "the factors")]
    known = [float(value) for value in found if value is not None]
    if len(known) != len(found):
        raise NotClear(f"the factors of {op.name} are not known as numbers")
    return tuple(known)


def _axes(op: Op, count: int, named: tuple[int, ...] | None) -> tuple[int, ...]:
    rank = tensor(op).rank
    axes = tuple(range(rank)) if named is None else positions(op, named, rank)
    if len(axes) != count:
        raise broken(f"{op.name} has {count} factors or sizes for {len(axes)} axes")
    return axes


def _by_factors(op: Op, factors: Sequence[float], named: tuple[int, ...] | None) -> list[_Grown]:
    """Each axis gets floor(size * factor) pixels."""
    found = []
    for axis, factor in zip(_axes(op, len(factors), named), factors, strict=True):
        if not 0 < factor < 1 << 31:
            raise broken(f"{op.name} has a factor of {factor}, it must be positive")
        size = tensor(op).shape[axis]
        if type(size) is int:
            out: Dim = floor(_single(size * factor))
        else:
            above, below = factor.as_integer_ratio()
            if below > 1 << 10:
                raise NotClear(f"{op.name} of an open size by {factor}")
            out = size * above // below
        found.append(_Grown(axis, size, out, factor))
    return found


def _single(value: float) -> float:
    """A number as 32 bits hold it, in which the product of size and factor is taken."""
    found: float = unpack("f", pack("f", value))[0]
    return found


def _by_sizes(op: Op, wanted: Sequence[Dim], named: tuple[int, ...] | None) -> list[_Grown]:
    pairs = zip(_axes(op, len(wanted), named), wanted, strict=True)
    return [_Grown(axis, tensor(op).shape[axis], size, None) for axis, size in pairs]


def _resized(op: Op, word: str, coordinates: str, nearest: str, grown: list[_Grown]) -> Built:
    if word not in _METHODS:
        raise broken(f'mode="{word}" of {op.name} is none of {", ".join(_METHODS)}')
    changed = [axis for axis in grown if axis.out != axis.size or axis.scale not in (None, 1.0)]
    if not changed:
        return chain(Identity())
    roles = _roles(op, changed)
    aligned = coordinates == "align_corners" and word != "nearest"
    kind = _kind(grown, roles, _METHODS[word], aligned)
    try:
        _must_be_plain(op)
        if word == "nearest":
            _must_read_alike(changed, coordinates, nearest)
        else:
            _must_lie_alike(op, changed, coordinates)
    except NotClear as why:
        # Which pixels are read is not the kind's way; how many there are is.
        told = kind.outputs((tensor(op).viewed(roles),), Must())
        raise NotClear(str(why), *told) from None
    return one(kind, 0, views=(roles,))


def _roles(op: Op, changed: list[_Grown]) -> Roles:
    """An image's axes; where the channels of one are resized too they are an axis of space."""
    rank, first = tensor(op).rank, min([axis.position for axis in changed])
    if rank - 2 in IMAGE and first >= 2:
        return IMAGE[rank - 2]
    space = {1: ("time",), 2: ("height", "width"), 3: ("depth", "height", "width")}
    if rank in space and first < 2:
        return space[rank]
    if rank == 4 and first == 1:
        return (CHANNEL, *space[3])
    raise NotClear(f"{op.name} along the batch or the channels")


def _kind(grown: list[_Grown], roles: Roles, method: str, aligned: bool) -> Kind:
    """Whole factors stay factors, so that open sizes stay open."""
    by_axis = {axis.position: axis for axis in grown}
    places = [place for place, role in enumerate(roles) if role in SPATIAL]
    count = len(places)
    found = [by_axis.get(place) for place in places]
    scales = [1.0 if axis is None else axis.scale for axis in found]
    whole = [int(scale) for scale in scales if scale is not None and scale.is_integer()]
    if len(whole) == count:
        return Upsample(tuple(whole), method, aligned)
    return Resize(tuple([None if axis is None else axis.out for axis in found]), method, aligned)


def _must_lie_alike(op: Op, changed: list[_Grown], coordinates: str) -> None:
    """NotClear where pixels lie otherwise than the kinds have it."""
    for axis in changed:
        if not _exact(axis):
            raise NotClear(f"{op.name} by {axis.scale} to a part of a pixel")
    if coordinates == "align_corners":
        return
    halves = coordinates in ("half_pixel", "half_pixel_symmetric")
    if coordinates == "pytorch_half_pixel":
        halves = all(axis.out != 1 or axis.size == 1 for axis in changed)
    if not halves:
        raise NotClear(f"{op.name} with the coordinates {coordinates}")


#: Where an output lies, from its place, the factor, and the sizes before and after.
_PLACES: Final[dict[str, Callable[[int, float, int, int], float]]] = {
    "half_pixel": lambda o, scale, size, out: (o + 0.5) / scale - 0.5,
    "half_pixel_symmetric": lambda o, scale, size, out: (
        size / 2 * (1 - out / (scale * size)) + (o + 0.5) / scale - 0.5
    ),
    "pytorch_half_pixel": lambda o, scale, size, out: (o + 0.5) / scale - 0.5 if out > 1 else 0.0,
    "align_corners": lambda o, scale, size, out: o * (size - 1) / (out - 1) if out > 1 else 0.0,
    "asymmetric": lambda o, scale, size, out: o / scale,
    "tf_half_pixel_for_nn": lambda o, scale, size, out: (o + 0.5) / scale,
}
_ROUNDED: Final[dict[str, Callable[[float], int]]] = {
    "round_prefer_floor": lambda x: ceil(x - 0.5),
    "round_prefer_ceil": lambda x: floor(x + 0.5),
    "floor": floor,
    "ceil": ceil,
}
#: Sizes up to which places are compared one by one; a whole factor has its pattern in few.
_COMPARED: Final = 1 << 13


def _must_read_alike(changed: list[_Grown], coordinates: str, nearest: str) -> None:
    """NotClear unless the pixel read is floor(place * size / out), as the kinds have it."""
    place, rounded = _PLACES.get(coordinates), _ROUNDED.get(nearest)
    if place is None or rounded is None:
        raise NotClear(f"the nearest pixel by {coordinates} and {nearest}")
    for axis in changed:
        if coordinates == "asymmetric" and nearest == "floor" and _exact(axis):
            continue
        if coordinates in ("align_corners", "half_pixel_symmetric") and not _exact(axis):
            raise NotClear(f"the nearest pixel by {coordinates} to a part of a pixel")
        _, size, out, scale = axis
        if type(size) is not int or type(out) is not int or max(size, out) > _COMPARED:
            if scale is None or not scale.is_integer() or coordinates == "align_corners":
                raise NotClear(f"the nearest pixel by {coordinates} of an open size")
            size, out = 4, 4 * int(scale)
        factor = out / size if scale is None else scale
        for o in range(out):
            read = min(max(rounded(place(o, factor, size, out)), 0), size - 1)
            if read != o * size // out:
                raise NotClear(f"the nearest pixel by {coordinates} and {nearest}")


def _exact(axis: _Grown) -> bool:
    """Whether the output has no part of a pixel that the factor asks for."""
    if axis.scale is None or axis.scale.is_integer():
        return True
    return type(axis.size) is int and _single(axis.size * axis.scale) == axis.out


ENTRIES = (Entry("Resize", _resize), Entry("Upsample", _upsample))
