"""Operators that show the same values under other axes, or as another type."""

from __future__ import annotations

from convwise.dialects.onnx.op import Built, Op
from convwise.dialects.onnx.table.elements import element_type
from convwise.dialects.onnx.table.entry import (
    Entry,
    NotClear,
    broken,
    chain,
    integers,
    one,
    positions,
    sizes,
    tensor,
)
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE, FREE_BATCH, Tensor, describe
from convwise.graph.dims import Dim
from convwise.kinds.broadcast import Broadcast
from convwise.kinds.contract import Kind
from convwise.kinds.reshape import Reshape
from convwise.kinds.slicing import Repeat
from convwise.kinds.unary import Cast
from convwise.kinds.views import Flatten, Identity, Permute, Squeeze, Unsqueeze


def _reshape(op: Op) -> Built:
    """A size of 0 stands for the input's own, unless `allowzero`; one of -1 for what is left."""
    source = tensor(op)
    wanted = list(sizes(op, 1, "the shape"))
    for place, size in enumerate(wanted):
        if type(size) is int and size == 0 and not op.integer("allowzero", 0):
            if place >= source.rank:
                raise broken(
                    f"Reshape copies the size of axis {place}, {describe(source)} has "
                    f"{source.rank} axes"
                )
            wanted[place] = source.shape[place]
    must_have_values(op, wanted)
    if not wanted:
        return chain(Squeeze(tuple(range(source.rank))) if source.rank else Identity())
    return chain(*reshaped(source, tuple(wanted)))


def must_have_values(op: Op, dims: list[Dim] | tuple[Dim, ...]) -> None:
    """Tensors of no values are not part of a network that this package knows."""
    if any(type(size) is int and size == 0 for size in (*dims, *tensor(op).shape)):
        raise NotClear(f"{op.name} of a tensor without values")


def reshaped(source: Tensor, dims: tuple[Dim, ...]) -> list[Kind]:
    """The values under other sizes; of two axes the second holds features."""
    roles = (None, FEATURE) if len(dims) == 2 else ()
    before: list[Kind] = [] if source.rank else [Unsqueeze(0)]
    return [*before, Reshape(dims, roles, with_batch=True)]


def _flatten(op: Op) -> Built:
    """All axes before one become the first, all from it on the second."""
    rank = tensor(op).rank
    axis = op.integer("axis", 1)
    if not -rank <= axis <= rank:
        raise broken(f"Flatten is told the axis {axis}, its input has {rank} axes")
    axis = axis + rank if axis < 0 else axis
    kinds: list[Kind] = []
    if rank - axis > 1 or (axis == 1 and rank == 2):
        kinds.append(Flatten(axis, -1))
    if axis == rank:
        kinds.append(Unsqueeze(-1))
    if axis > 1:
        kinds.append(Flatten(0, axis - 1))
    if axis == 0:
        kinds.append(Unsqueeze(0))
    return chain(*kinds)


def _transpose(op: Op) -> Built:
    rank = tensor(op).rank
    order = op.integers("perm", tuple(range(rank))[::-1]) or ()
    if sorted(order) != list(range(rank)):
        raise RuleError(
            f"perm={order} of Transpose is no order of {rank} axes",
            hint="each axis from 0 on is named once",
        )
    return chain(Permute(order)) if rank else chain()


def axes_of(op: Op, place: int, before: int) -> tuple[int, ...] | None:
    """Axes: an attribute before a version, an input since; None where none are named."""
    if op.version < before:
        return op.integers("axes")
    return integers(op, place, "the axes") if op.has(place) else None


def _squeeze(op: Op) -> Built:
    source = tensor(op)
    named = axes_of(op, 1, 13)
    if named is None:
        gone = tuple([place for place, size in enumerate(source.shape) if size == 1])
    else:
        gone = positions(op, named, source.rank)
    return chain(Squeeze(gone) if gone else Identity())


def _unsqueeze(op: Op) -> Built:
    source = tensor(op)
    named = axes_of(op, 1, 13)
    if named is None:
        raise RuleError("Unsqueeze needs axes", hint="export the model again")
    rank = source.rank + len(named)
    places = sorted(positions(op, named, rank))
    if len(set(places)) != len(places):
        raise broken(f"Unsqueeze names an axis of {named} twice")
    return chain(*[Unsqueeze(one, _lone(source, one)) for one in places])


def _lone(source: Tensor, place: int) -> str | None:
    """A batch of one around an example."""
    return BATCH if place == 0 and BATCH not in source.roles else None


def _expand(op: Op) -> Built:
    source = tensor(op)
    wanted = sizes(op, 1, "the shape")
    must_have_values(op, wanted)
    extra = max(len(wanted) - source.rank, 0)
    wanted = (*(1,) * (source.rank - len(wanted)), *wanted)
    dims = (*(1,) * extra, *source.shape)
    grown = [None if new in (1, old) else new for old, new in zip(dims, wanted, strict=True)]
    for old, new in zip(dims, wanted, strict=True):
        if old != 1 and type(new) is int and type(old) is int and new not in (1, old):
            raise RuleError(
                f"{describe(source)} cannot be expanded to {tuple(map(str, wanted))}",
                hint="only axes of size 1 can be expanded",
            )
    batch = bool(extra) and wanted[0] == FREE_BATCH and BATCH not in source.roles
    kinds: list[Kind] = [Unsqueeze(0) for _ in range(extra)]
    if batch:
        kinds[-1] = Unsqueeze(0, BATCH)
    if any(size is not None for size in grown):
        kinds.append(Broadcast(tuple(grown)))
    if not kinds:
        return chain(Identity())
    if source.rank and wanted[0] == FREE_BATCH and grown[0] is not None and not extra:
        # An axis that grows to the number of examples is theirs.
        rest = source.roles[1:]
        views = ((BATCH, *rest),) if BATCH not in rest else ()
        return one(kinds[0], 0, views=views)
    return chain(*kinds)


def _tile(op: Op) -> Built:
    counts = sizes(op, 1, "the repeats")
    source = tensor(op)
    if len(counts) != source.rank:
        raise broken(f"Tile has {len(counts)} repeats for {source.rank} axes")
    must_have_values(op, counts)
    kinds = [Repeat(count, axis=place) for place, count in enumerate(counts) if count != 1]  # type: ignore[arg-type]
    return chain(*kinds) if kinds else chain(Identity())


def _cast(op: Op) -> Built:
    return to_type(op, element_type(op.integer("to", 0), "Cast"))


def _cast_like(op: Op) -> Built:
    return to_type(op, tensor(op, 1).dtype)


def to_type(op: Op, dtype: str) -> Built:
    """The same values where they have the type already."""
    return chain(Identity() if tensor(op).dtype == dtype else Cast(dtype))


ENTRIES = (
    Entry("Reshape", _reshape),
    Entry("Flatten", _flatten),
    Entry("Transpose", _transpose),
    Entry("Squeeze", _squeeze),
    Entry("Unsqueeze", _unsqueeze),
    Entry("Expand", _expand),
    Entry("Tile", _tile),
    Entry("Cast", _cast),
    Entry("CastLike", _cast_like),
    Entry("Identity", lambda op: chain(Identity())),
)
