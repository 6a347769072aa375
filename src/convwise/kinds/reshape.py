"""Reshape: the same values in order under new sizes; which axes pass, merge or split again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import FEATURE, MOST_AXES, Axis, Tensor, describe, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import IN_ORDER, VIEW, Example, Operands
from convwise.kinds.formula import Formula, floor_div, product
from convwise.kinds.merged import leaves, placed_roles
from convwise.kinds.rearranging import Rearranging
from convwise.kinds.views import Flatten, merge_axes
from convwise.kinds.windows import Reach, Whole

_VIEW = frozenset({VIEW, IN_ORDER})
_PARTIAL = Whole(partial=True)


class _Group(NamedTuple):
    """Neighbouring input axes and the positions of the new axes that hold the same values."""

    sources: tuple[Axis, ...]
    targets: range


@dataclass(frozen=True, slots=True)
class Reshape(Rearranging):
    """Gives the values, in order, the sizes `dims`; one of them may be -1: what is left.

    `dims` follow the batch axis, or name all axes when `with_batch`. An axis that keeps its size
    in its place keeps its role and factors, a merged axis splits into its factors where their
    sizes agree, neighbours that merge are remembered as factors; other axes are new: their roles
    are `roles` (one per entry of `dims`, given by the dialect), None without.
    """

    name: ClassVar[str] = "reshape"
    summary: ClassVar[str] = "The same values, in order, under new sizes."

    dims: tuple[Dim, ...]
    roles: tuple[str | None, ...] = ()
    with_batch: bool = False

    @property
    def traits(self) -> frozenset[str]:
        return _VIEW

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        source = operands[0]
        if self.roles and len(self.roles) != len(self.dims):
            raise RuleError(f"{len(self.dims)} sizes and {len(self.roles)} roles do not match")
        if len(self.dims) > MOST_AXES:
            raise RuleError(
                f"the new shape has {len(self.dims)} sizes, at most {MOST_AXES} are possible",
                hint="a shape has one size per axis, such as (height, width, channels)",
            )
        sizes = self.sizes(source, must)
        first = 0 if self.with_batch else 1
        axes: list[Axis] = list(source.axes[:first])
        roles = self.roles or (None,) * len(sizes)
        for group in _groups(_split(source.axes[first:]), sizes):
            axes.extend(_axes(group, sizes, roles, source))
        return (source.with_axes(_unique(axes, source)),)

    def sizes(self, source: Tensor, must: Must) -> tuple[Dim, ...]:
        """The new sizes with -1 resolved; RuleError when they hold another number of values."""
        total, known = self._totals(source)
        text = describe(tensor(self.dims, (None,) * len(self.dims)))
        if self._free(source) is None:
            must.equal(
                total,
                known,
                f"the input has {{0}} values, the new shape {text} holds {{1}}",
                hint="the product of the sizes must stay the same; -1 stands for what is left",
            )
            return self.dims
        message = f"{{0}} input values do not fill {text}: they are no multiple of {{1}}"
        hint = "the other sizes must divide the number of input values"
        rest = total // known
        if type(known) is int:
            must.divides(total, known, message, hint)
        else:
            must.equal(total, rest * known, message, hint)
        return tuple([rest if type(dim) is int and dim == -1 else dim for dim in self.dims])

    def _free(self, source: Tensor) -> int | None:
        """The place of the -1."""
        found = [place for place, dim in enumerate(self.dims) if type(dim) is int and dim < 1]
        if not found:
            return None
        if len(found) > 1 or self.dims[found[0]] != -1:
            text = ", ".join([str(dim) for dim in self.dims])
            raise RuleError(
                f"({text}) is no shape for the input {describe(source)}",
                hint="sizes are positive, and at most one of them is -1: what is left",
            )
        return found[0]

    def _totals(self, source: Tensor) -> tuple[Dim, Dim]:
        """Values of the input (of one example when the batch stays apart), of the known sizes."""
        total: Dim = 1
        for axis in source.axes[0 if self.with_batch else 1 :]:
            total = total * axis.dim
        known: Dim = 1
        for dim in self.dims:
            if not (type(dim) is int and dim == -1):
                known = known * dim
        return total, known

    def reach(self, operands: Operands, operand: int) -> Mapping[str, Reach]:
        """Axes that pass or become factors keep their field; mixed ones are no longer tracked."""
        source = operands[0]
        out = self.outputs(operands, Must())[0]
        kept = {id(leaf) for axis in out.axes for leaf in leaves(axis)}
        shown = {axis.role: axis for axis in out.axes}
        lost = [
            leaf
            for axis in source.axes
            for leaf in leaves(axis)
            if id(leaf) not in kept or shown.get(leaf.role, leaf) is not leaf
        ]
        return {role: _PARTIAL for leaf in lost for role in placed_roles(leaf)}

    def dropped(self, operands: Operands) -> Mapping[str, Dim]:
        return {}

    def formulas(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Mapping[str, Formula]:
        free = self._free(operands[0])
        if free is None:
            return {}
        axis = outputs[0].axes[free if self.with_batch else free + 1]
        if axis.role is None or axis in operands[0].axes:
            return {}
        if axis.factors:
            return {axis.role: product(*[factor.dim for factor in axis.factors])}
        total, known = self._totals(operands[0])
        return {axis.role: floor_div(total, known)}

    def canonical(self, operands: Operands) -> Reshape | Flatten:
        """A reshape that only lays neighbouring axes out as one is that flatten."""
        out = self.outputs(operands, Must())[0]
        flatten = _as_flatten(operands[0], out)
        if flatten is not None:
            return flatten
        if operands[0].axes[:1] == out.axes[:1]:
            return Reshape(out.shape[1:], out.roles[1:])
        return Reshape(out.shape, out.roles, with_batch=True)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        digits = tensor((1, 784), ("batch", "feature"))
        image = tensor((2, 7, 6, 4), ("batch", "height", "width", "channel"))
        merged = image.with_axes((image.axes[0], merge_axes(image.axes[1:])))
        space = ("height", "width", "channel")
        return (
            Example(cls((28, 28, 1), space), (digits,)),
            Example(cls((-1, 4), ("time", "channel")), (image,)),
            Example(cls((7, 6, 4)), (merged,)),
            Example(cls((7, 3, 8), space), (image,)),
            Example(cls((-1, 168), (None, "feature"), with_batch=True), (image,)),
            Example(cls((7, 6, 2, 2), ("height", "width", None, "channel")), (image,)),
        )


def _as_flatten(source: Tensor, out: Tensor) -> Flatten | None:
    """The flatten that has the same outcome: whole neighbours become one feature axis."""
    before = 0
    while before < min(source.rank, out.rank) and source.axes[before] == out.axes[before]:
        before += 1
    gone = source.rank - out.rank
    if before == 0 or gone < 1 or before >= out.rank or out.axes[before].role != FEATURE:
        return None
    end = before + gone
    if source.axes[end + 1 :] != out.axes[before + 1 :]:
        return None
    return Flatten(before, -1 if end == source.rank - 1 else end)


def _split(axes: Sequence[Axis]) -> list[Axis]:
    return [leaf for axis in axes for leaf in leaves(axis)]


def _groups(sources: list[Axis], sizes: Sequence[Dim]) -> Iterator[_Group]:
    """The smallest groups of neighbours with equal products, as NumPy finds them for a view."""
    left = right = 0
    while left < len(sources) or right < len(sizes):
        ends = _agreement([axis.dim for axis in sources[left:]], sizes[right:])
        yield _Group(
            tuple(sources[left : left + ends[0]]),
            range(right, right + ends[1]),
        )
        left += ends[0]
        right += ends[1]


def _agreement(sources: Sequence[Dim], targets: Sequence[Dim]) -> tuple[int, int]:
    """How many sources and how many targets make the first group."""
    if not sources or not targets or (sources[0] == 1) != (targets[0] == 1):
        lone = bool(sources) and (not targets or sources[0] == 1)
        return (1, 0) if lone else (0, 1)
    left: Dim = 1
    for taken, dim in enumerate(sources):
        left = left * dim
        right: Dim = 1
        for made, size in enumerate(targets):
            right = right * size
            if left == right:
                return taken + 1, made + 1
    return len(sources), len(targets)


def _axes(
    group: _Group, sizes: Sequence[Dim], roles: Sequence[str | None], source: Tensor
) -> Iterator[Axis]:
    """The new axes of one group: the same one, one merged from several, or new ones.

    A size that was given stays as given, also where it only equals the input's by a constraint.
    """
    for place in group.targets:
        found = None
        if len(group.targets) == 1 and group.sources:
            found = _whole(group.sources, roles[place], source)
        if found is None or found.dim != sizes[place]:
            found = Axis(roles[place], sizes[place])
        yield found


def _whole(parts: tuple[Axis, ...], role: str | None, source: Tensor) -> Axis:
    """One axis that holds all of these."""
    return parts[0] if len(parts) == 1 else _known(parts, source) or merge_axes(parts, role)


def _known(parts: tuple[Axis, ...], source: Tensor) -> Axis | None:
    """The merged axis of the input that these are all factors of."""
    for axis in source.axes:
        if axis.factors and tuple(leaves(axis)) == parts:
            return axis
    return None


def _unique(axes: list[Axis], source: Tensor) -> list[Axis]:
    """Roles stay unique: an axis that keeps its role goes before a new one that wants it."""
    old = {id(leaf) for axis in source.axes for leaf in (axis, *leaves(axis))}
    taken = {axis.role for axis in axes if id(axis) in old}
    for place, axis in enumerate(axes):
        if id(axis) in old:
            continue
        if axis.role is not None and axis.role in taken:
            axes[place] = Axis(None, axis.dim, axis.factors)
        taken.add(axis.role)
    return axes
