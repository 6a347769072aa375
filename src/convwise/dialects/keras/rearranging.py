"""Functions that move, cut and enlarge symbolic tensors: reshape, transpose, split, pad, resize."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.keras.arithmetic import operand
from convwise.dialects.keras.blocks import flat
from convwise.dialects.keras.rows import operate, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table.views import guess, image
from convwise.dialects.python.calling import named
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.sizes import Size, TensorShape
from convwise.dialects.python.values import At, Unknown
from convwise.errors import RuleError
from convwise.graph.axes import FREE_BATCH
from convwise.graph.dims import Dim
from convwise.kinds.fold import Unfold
from convwise.kinds.padding import Pad
from convwise.kinds.reshape import Reshape
from convwise.kinds.resize import Resize, Upsample
from convwise.kinds.rolling import Flip, Roll
from convwise.kinds.shuffle import PixelShuffle, PixelUnshuffle
from convwise.kinds.slicing import Repeat, Slice
from convwise.kinds.views import Flatten, Permute, Squeeze, Unsqueeze
from convwise.kinds.windows import Padding

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

Arguments = dict[str, Any]
Run = Callable[["Context", list[Any], Arguments, At], object]


def _with_tensor(name: str, names: str, body: Callable[..., object]) -> Run:
    """A function of one known tensor; anything else gives an unknown node."""

    def run(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
        given = named(args, kwargs, names)
        symbol = operand(context, given.get("x"), at)
        if symbol is None:
            return Unknown(f"`{name}` of something unknown", at.line)
        found = body(context, symbol, given, at) if symbol.known else None
        return unknown_operation(context, name, [symbol], at) if found is None else found

    return run


def _one(
    context: Context, title: str, kind: Any, symbol: Symbol, at: At, view: Any = None
) -> Symbol:
    part = Part(kind, (view,)) if view is not None else Part(kind)
    return operate(context, title, [part], [symbol], at)[0]


def _reshape(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    target = given.get("shape")
    listed = list(target.dims) if type(target) is TensorShape else target
    if type(listed) not in (list, tuple) or not listed:
        return None
    dims = [_dim(one) for one in listed]
    if any(one is None for one in dims):
        return None
    roles = guess(len(dims), "channels_last")
    batch = symbol.tensor.axes[0].dim if symbol.rank else 1
    same = dims[0] == batch or dims[0] == context.recording.fixed_batch
    rest_known = all(one != -1 for one in dims[1:])
    if same or (dims[0] == -1 and rest_known and _keeps_batch(symbol, dims)):
        return _one(context, "Reshape", Reshape(tuple(dims[1:]), roles[1:]), symbol, at)  # type: ignore[arg-type]
    return _one(context, "Reshape", Reshape(tuple(dims), roles, True), symbol, at)  # type: ignore[arg-type]


def _dim(one: object) -> Dim | None:
    """A target size; None in code stands for the batch or what is left."""
    if type(one) is int:
        return one
    if type(one) is Size:
        return one.dim
    return FREE_BATCH if one is None else None


def _keeps_batch(symbol: Symbol, dims: list[Any]) -> bool:
    """Whether (-1, a, b) leaves the batch as it is."""
    total: Dim = 1
    for axis in symbol.tensor.axes[1:]:
        total = total * axis.dim
    target: Dim = 1
    for one in dims[1:]:
        target = target * one
    return bool(total == target)


def _transpose(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    order = given.get("axis")
    if order is None:
        order = tuple(range(symbol.rank))[::-1]
    if type(order) not in (tuple, list) or not all(type(one) is int for one in order):
        return None
    places = tuple([one % symbol.rank for one in order])
    return _one(context, "Transpose", Permute(places), symbol, at)


def _expand(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    axis = given.get("axis", -1)
    return _one(context, "ExpandDims", Unsqueeze(axis), symbol, at) if type(axis) is int else None


def _squeeze(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    axis = given.get("axis")
    if axis is None:
        return _one(context, "Squeeze", Squeeze(), symbol, at)
    listed = flat(axis)
    if not all(type(one) is int for one in listed):
        return None
    return _one(context, "Squeeze", Squeeze(tuple(listed)), symbol, at)  # type: ignore[arg-type]


def _flatten(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    return _one(context, "Flatten", Flatten(), symbol, at)


def _pad(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    pairs: Any = given.get("pad_width")
    mode = str(given.get("mode", "constant")).lower()
    mode = {"edge": "replicate", "wrap": "circular"}.get(mode, mode)
    if type(pairs) not in (list, tuple) or len(pairs) != symbol.rank or mode == "symmetric":
        return None
    amounts = []
    for place, pair in enumerate(pairs):
        if type(pair) not in (list, tuple) or len(pair) != 2:
            return None
        if not (type(pair[0]) is int and type(pair[1]) is int):
            return None
        if pair[0] or pair[1]:
            amounts.append((place, (pair[0], pair[1])))
    return _one(context, "Pad", Pad(tuple(amounts), mode), symbol, at)


def _split(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    sections, axis = given.get("sections"), given.get("axis", 0)
    if type(axis) is not int:
        return None
    place = symbol.tensor.locate(axis)
    size = symbol.tensor.axes[place].dim
    ends = _ends(sections, size, "num_or_size_splits" in given, at)
    if ends is None:
        return None
    whole = ((None, None, None),) * place
    found = []
    for start, stop in ends:
        kind = Slice((*whole, (start, stop, None)))
        found.append(_one(context, "Split", kind, symbol, at))
    return found


def _ends(sections: object, size: Dim, sized: bool, at: At) -> list[tuple[int, int]] | None:
    if type(size) is not int:
        return None
    if type(sections) is int and sections > 0:
        if size % sections:
            raise RuleError(
                f"{size} values do not split into {sections} equal parts",
                line=at.line,
                hint="the number of parts must divide the size of the axis",
            )
        part = size // sections
        return [(index * part, (index + 1) * part) for index in range(min(sections, size))]
    if type(sections) not in (list, tuple) or not all(type(one) is int for one in sections):  # type: ignore[attr-defined]
        return None
    given: list[int] = list(sections)  # type: ignore[call-overload]
    if sum(given) == size:
        stops = [sum(given[: index + 1]) for index in range(len(given))]
    else:
        stops = [*given, size]
    return list(zip([0, *stops[:-1]], stops, strict=True))


def _repeat(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    count, axis = given.get("repeats", given.get("rep")), given.get("axis", 1)
    if type(count) is not int or type(axis) is not int:
        return None
    place = symbol.tensor.locate(axis)
    return _one(context, "Repeat", Repeat(count, axis=place, interleaved=True), symbol, at)


def _tile(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    counts: Any = given.get("repeats", given.get("multiples", given.get("n")))
    if type(counts) not in (list, tuple) or len(counts) != symbol.rank:
        return None
    if not all(type(one) is int for one in counts):
        return None
    parts = [Part(Repeat(n, axis=place)) for place, n in enumerate(counts) if n != 1]
    return operate(context, "Tile", parts, [symbol], at)[0] if parts else symbol


def _format(given: Arguments) -> str:
    word = given.get("data_format")
    return "channels_first" if word in ("NCHW", "channels_first") else "channels_last"


def _depth_to_space(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    block = given.get("block_size")
    if type(block) is not int or symbol.rank != 4:
        return None
    kind = PixelShuffle(block, "block first")
    return _one(context, "DepthToSpace", kind, symbol, at, image(_format(given), 2))


def _space_to_depth(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    block = given.get("block_size")
    if type(block) is not int or symbol.rank != 4:
        return None
    kind = PixelUnshuffle(block, "block first")
    return _one(context, "SpaceToDepth", kind, symbol, at, image(_format(given), 2))


def _patches(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    """Patches of an image, laid out along the channels: row, column, then channel of the input."""
    size = _pair(given.get("size", given.get("sizes")))
    stride = _pair(given.get("strides"), size)
    dilation = _pair(given.get("dilation_rate", given.get("rates")), (1, 1))
    rule = str(given.get("padding", "valid")).lower()
    if size is None or stride is None or dilation is None or symbol.rank != 4:
        return None
    if rule not in ("valid", "same"):
        return None
    view = image(_format(given), 2)
    kind = Unfold(size, stride, dilation, Padding(rule), False, "block first")
    return _one(context, "ExtractPatches", kind, symbol, at, view)


def _pair(value: Any, default: tuple[int, int] | None = None) -> tuple[int, int] | None:
    """Height and width, given as one number, as a pair, or in TensorFlow's [1, h, w, 1]."""
    if value is None:
        return default
    listed = [value, value] if type(value) is int else value
    if type(listed) not in (list, tuple) or not all(type(one) is int for one in listed):
        return None
    found = listed[1:-1] if len(listed) == 4 else listed
    return (found[0], found[1]) if len(found) == 2 else None


def _resize(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    size = given.get("size")
    listed: Any = list(size.dims) if type(size) is TensorShape else size
    if type(listed) not in (list, tuple) or len(listed) != 2 or symbol.rank != 4:
        return None
    method = str(given.get("interpolation", "bilinear")).lower()
    view = image(_format(given), 2)
    if all(type(one) is int for one in listed):
        return _one(context, "Resize", Resize(tuple(listed), method), symbol, at, view)
    factors = _factors(symbol, listed, view)
    if factors is None:
        return None
    return _one(context, "Resize", Upsample(factors, method), symbol, at, view)


def _factors(symbol: Symbol, wanted: list[Any], view: Any) -> tuple[int, ...] | None:
    """Whole factors, where a symbolic size is a multiple of the tensor's own."""
    source = symbol.tensor.viewed(view)
    found = []
    for position, one in zip(source.spatial(2), wanted, strict=True):
        target: Dim = one.dim if type(one) is Size else one
        for factor in (1, 2, 3, 4, 8, 16, 32):
            if target == source.axes[position].dim * factor:
                found.append(factor)
                break
    return tuple(found) if len(found) == 2 else None


def _resize_images(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    """K.resize_images(x, height_factor, width_factor, data_format)."""
    factors = (given.get("height_factor"), given.get("width_factor"))
    if not all(type(one) is int for one in factors):
        return None
    method = str(given.get("interpolation", "nearest"))
    view = image(_format(given), 2)
    return _one(context, "Resize", Upsample(factors, method), symbol, at, view)  # type: ignore[arg-type]


def _resize_neighbor(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    return _resize(context, symbol, {**given, "interpolation": "nearest"}, at)


def _shape(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """tf.shape, ops.shape, K.int_shape: sizes that are free compute as symbols."""
    from convwise.dialects.python.arrays import Array

    value = named(args, kwargs, "x").get("x")
    if type(value) is Array:
        return value.get("shape", at)
    symbol = operand(context, value, at)
    if symbol is None or not symbol.known:
        return Unknown("the shape of something unknown", at.line)
    axes = symbol.tensor.axes
    return TensorShape(tuple([_seen(axis.dim) for axis in axes]))


def _seen(dim: Dim) -> object:
    return dim if type(dim) is int else Size(dim)


def _roll(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    """Along the axes given, or over all values in a row."""
    shifts, axes = flat(given.get("shift")), given.get("axis")
    if not all(type(one) is int for one in shifts):
        return None
    if axes is None:
        back = Reshape(symbol.tensor.shape, (), with_batch=True)
        kinds = [Flatten(0), Roll(tuple(shifts), (0,)), back]  # type: ignore[arg-type]
        return operate(context, "Roll", [Part(kind) for kind in kinds], [symbol], at)[0]
    places = _places(symbol, axes)
    if places is None or not 1 <= len(shifts) <= len(places):
        return None
    if len(shifts) == 1:
        shifts = shifts * len(places)
    return _one(context, "Roll", Roll(tuple(shifts), places), symbol, at)  # type: ignore[arg-type]


def _flip(context: Context, symbol: Symbol, given: Arguments, at: At) -> object:
    axes = given.get("axis")
    places = tuple(range(symbol.rank)) if axes is None else _places(symbol, axes)
    return None if places is None else _one(context, "Flip", Flip(places), symbol, at)


def _places(symbol: Symbol, axes: object) -> tuple[int, ...] | None:
    """Axes as positions from the front; None where one is not a number or named twice."""
    listed = flat(axes)
    if not all(type(one) is int for one in listed):
        return None
    places = tuple([symbol.tensor.locate(one) for one in listed])  # type: ignore[arg-type]
    return places if len(set(places)) == len(places) else None


def _int_shape(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    symbol = operand(context, named(args, kwargs, "x").get("x"), at)
    if symbol is None or not symbol.known:
        return Unknown("the shape of something unknown", at.line)
    return symbol.shape


def _rank(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    symbol = operand(context, named(args, kwargs, "x").get("x"), at)
    if symbol is None or not symbol.known:
        return Unknown("the rank of something unknown", at.line)
    return symbol.rank


_BODIES: Final[dict[str, tuple[str, Callable[..., object]]]] = {
    "reshape": ("x shape", _reshape),
    "transpose": ("x axis", _transpose),
    "permute_dimensions": ("x axis", _transpose),
    "expand_dims": ("x axis", _expand),
    "squeeze": ("x axis", _squeeze),
    "batch_flatten": ("x", _flatten),
    "pad": ("x pad_width mode", _pad),
    "split": ("x sections axis", _split),
    "repeat_elements": ("x rep axis", _repeat),
    "tile": ("x repeats", _tile),
    "depth_to_space": ("x block_size data_format", _depth_to_space),
    "space_to_depth": ("x block_size data_format", _space_to_depth),
    "extract_patches": ("x size strides dilation_rate padding data_format", _patches),
    "roll": ("x shift axis", _roll),
    "flip": ("x axis", _flip),
    "reverse": ("x axis", _flip),
    "resize": ("x size interpolation", _resize),
    "resize_bilinear": ("x size", _resize),
    "resize_nearest_neighbor": ("x size", _resize_neighbor),
    "resize_images": ("x height_factor width_factor data_format interpolation", _resize_images),
}

REARRANGING: Final[dict[str, Run]] = {
    **{name: _with_tensor(name, names, body) for name, (names, body) in _BODIES.items()},
    "repeat": _with_tensor("repeat", "x repeats axis", _repeat),
    "shape": _shape,
    "int_shape": _int_shape,
    "ndim": _rank,
    "rank": _rank,
}
