"""Which input sizes a network takes, and which of them without loss; must never name a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from convwise.analyses.evaluate import at_batch
from convwise.analyses.sizes.demands import Ask, Demand, fitting, pins, reading, repairs
from convwise.analyses.sizes.facts import How, Member, Pin, Range, Sizes, Tied, Together
from convwise.analyses.sizes.free import Freed, OpenAxis
from convwise.analyses.sizes.ranges import ranged, solved
from convwise.analyses.sizes.sets import common
from convwise.graph.axes import BATCH, BATCH_SYMBOL
from convwise.graph.constraints import Constraint, at_least
from convwise.graph.dims import Dim, symbol, symbols_of
from convwise.graph.nodes import Graph, Value
from convwise.graph.size_set import SizeSet


def sizes(
    written: Graph,
    opened: Graph,
    free: Freed,
    *,
    how: How,
    fixed: Sequence[tuple[str, str, str]] = (),
    least: Mapping[str, int] | None = None,
) -> Sizes:
    """Solve what the layers ask. `written`: as in the source; `opened`: with letters for sizes.

    least: the smallest sizes that can be read, where those are known to be larger.
    """
    demands = [*fitting(opened), *_at_least(least or {})]
    demands += reading(opened, at_batch(opened)) + repairs(opened)
    held = pins(opened, written)
    demands, held = _at_one_example(demands), _at_one_example(held)
    stands = _ties(demands, free.axes)
    demands, held = _put(demands, stands), _put(held, stands)
    demands += _positive(stands)
    members = _members(free.axes, stands)
    groups = _groups(members, demands)
    ranges = [_range(letters[0], members, demands) for letters in groups if len(letters) == 1]
    together = [_together(letters, members, demands) for letters in groups if len(letters) > 1]
    return Sizes(
        opened.name,
        written.source,
        written.dialect,
        tuple([_shape(opened, value, stands) for value in opened.inputs]),
        tuple(ranges),
        tuple(together),
        tuple([_pin(demand, members, ranges) for demand in _distinct(held)]),
        tuple(fixed),
        how,
        opened.unknown,
    )


def _shape(graph: Graph, value: Value, stands: Mapping[str, Dim]) -> tuple[str, tuple[str, ...]]:
    axes = [axis for axis in graph.tensor(value).axes if axis.role != BATCH]
    name = graph.layers[graph.nodes[value.node].layer].name
    return name, tuple([str(_one(axis.dim, stands)) for axis in axes])


def _at_one_example(demands: Sequence[Demand]) -> list[Demand]:
    return _put(demands, {BATCH_SYMBOL: 1})


def _put(demands: Sequence[Demand], values: Mapping[str, Dim]) -> list[Demand]:
    """With letters replaced; what is fulfilled anyway is left out."""
    if not values:
        return list(demands)
    found = [demand.replaced(values) for demand in demands]
    return [
        one if isinstance(one, Demand) else demand._replace(spare=(1,), constraint=None)
        for demand, one in zip(demands, found, strict=True)
        if one is not True
    ]


def _ties(demands: Sequence[Demand], axes: Sequence[OpenAxis]) -> dict[str, Dim]:
    """Letters that are given by another: W == H, or B == 2*A, from what must fit."""
    letters = [axis.letter for axis in axes]
    stands: dict[str, Dim] = {}
    for demand in demands:
        if demand.constraint is None or demand.constraint.relation != "==":
            continue
        verdict = demand.constraint.replaced(stands) if stands else demand.constraint
        tie = _tie(verdict, letters) if isinstance(verdict, Constraint) else None
        if tie is None:
            continue
        lost, dim = tie
        stands = {name: _one(old, {lost: dim}) for name, old in stands.items()}
        stands[lost] = dim
    return stands


def _tie(constraint: Constraint, letters: Sequence[str]) -> tuple[str, Dim] | None:
    """(letter, what it equals), the later letter where both sides are letters."""
    sides = (constraint.left, constraint.right)
    found = []
    for own, other in (sides, sides[::-1]):
        name = str(own)
        used = symbols_of(other)
        if name in letters and name not in used and len(used) == 1 and used <= set(letters):
            found.append((letters.index(name), name, other))
    if not found:
        return None
    _, name, other = max(found, key=lambda one: one[0])
    return name, other


def _one(dim: Dim, values: Mapping[str, Dim]) -> Dim:
    return dim if isinstance(dim, int) else dim.substitute(values)


def _positive(stands: Mapping[str, Dim]) -> list[Demand]:
    """A letter that is given by another must be a size."""
    return _of_at_least([(dim, 1) for dim in stands.values()])


def _at_least(least: Mapping[str, int]) -> list[Demand]:
    """What only numbers show."""
    return _of_at_least([(symbol(letter), size) for letter, size in least.items()])


def _of_at_least(pairs: Sequence[tuple[Dim, int]]) -> list[Demand]:
    verdicts = [at_least(dim, size) for dim, size in pairs]
    return [
        Demand("", None, Ask.FITS, "", constraint=one)
        for one in verdicts
        if isinstance(one, Constraint)
    ]


def _members(axes: Sequence[OpenAxis], stands: Mapping[str, Dim]) -> tuple[Member, ...]:
    return tuple(
        [
            Member(a.input, a.role, a.letter, stands.get(a.letter, symbol(a.letter)), a.stated)
            for a in dict.fromkeys(axes)
        ]
    )


def _groups(members: Sequence[Member], demands: Sequence[Demand]) -> list[tuple[str, ...]]:
    """Letters that are asked for together, in their order."""
    letters = list(dict.fromkeys([m.letter for m in members if str(m.dim) == m.letter]))
    group = {letter: {letter} for letter in letters}
    for demand in demands:
        linked = [group[name] for name in demand.symbols if name in group]
        joined = set().union(*linked)
        for name in joined:
            group[name] = joined
    found = [tuple([name for name in letters if name in group[letter]]) for letter in letters]
    return list(dict.fromkeys(found))


def _own(letter: str, members: Sequence[Member]) -> tuple[Member, ...]:
    return tuple([member for member in members if letter in symbols_of(member.dim)])


def _size(letter: str, members: Sequence[Member]) -> int | None:
    """The size that the source gives to a letter."""
    return next((member.stated for member in members if member.letter == letter), None)


def _about(demands: Sequence[Demand], own: Sequence[Member], letters: set[str]) -> list[Demand]:
    """What is asked of these letters alone; what no size can fulfil is asked along its axis."""
    roles = {"", *[member.role for member in own]}
    return [one for one in demands if one.symbols <= letters and (one.symbols or one.role in roles)]


def _range(letter: str, members: Sequence[Member], demands: Sequence[Demand]) -> Range:
    own = _own(letter, members)
    asked = _about(demands, own, {letter})
    return ranged(letter, own, asked, _size(letter, members))


def _together(
    letters: tuple[str, ...], members: Sequence[Member], demands: Sequence[Demand]
) -> Together:
    own = tuple([member for letter in letters for member in _own(letter, members)])
    asked = _about(demands, own, set(letters))
    tied = [_tied(demand) for demand in asked if len(demand.symbols) > 1]
    first = letters[0]
    stated = {letter: _size(letter, members) for letter in letters}
    known = {letter: size for letter, size in stated.items() if size is not None}
    every = _put(asked, {letter: symbol(first) for letter in letters[1:]})
    same = (
        next(iter(known.values()))
        if len(known) == len(letters) and len(set(known.values())) == 1
        else None
    )
    each = []
    if len(known) == len(letters):
        for letter in letters:
            others: dict[str, Dim] = {name: size for name, size in known.items() if name != letter}
            alone = _put(asked, others)
            each.append(ranged(letter, _own(letter, members), alone, known[letter]))
    return Together(
        letters, tuple(dict.fromkeys(tied)), ranged(first, own, every, same), tuple(each)
    )


def _tied(demand: Demand) -> Tied:
    text = str(demand.constraint) if demand.constraint else f"{demand.spare[0]} == 0"
    return Tied(demand.layer, demand.line, demand.ask, text)


def _distinct(demands: Sequence[Demand]) -> list[Demand]:
    """One demand for weights of one layer that ask for the same."""
    return list({(one.layer, one.constraint): one for one in demands}.values())


def _pin(demand: Demand, members: Sequence[Member], ranges: Sequence[Range]) -> Pin:
    letters = sorted(demand.symbols)
    stated = {letter: _size(letter, members) for letter in letters}
    known = {letter: size for letter, size in stated.items() if size is not None}
    each: list[tuple[str, SizeSet]] = []
    for letter in letters:
        others: dict[str, Dim] = {name: size for name, size in known.items() if name != letter}
        alone = _put([demand], others)
        if all(one.symbols <= {letter} for one in alone):
            found = solved(alone, letter).sizes
            each.append((letter, _accepted(found, [letter], ranges)))
    equal = None
    if len(letters) > 1:
        first = symbol(letters[0])
        found = solved(_put([demand], dict.fromkeys(letters[1:], first)), letters[0]).sizes
        equal = _accepted(found, letters, ranges)
    return Pin(demand.layer, demand.line, demand.values, str(demand.constraint), tuple(each), equal)


def _accepted(found: SizeSet, letters: Sequence[str], ranges: Sequence[Range]) -> SizeSet:
    """Those of the sizes that the layers accept for these letters."""
    for one in ranges:
        if one.letter in letters:
            found = common(found, one.accepted) or found
    return found
