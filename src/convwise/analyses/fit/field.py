"""The largest images that fit; must never decide what a layer accepts."""

from __future__ import annotations

from functools import partial
from math import lcm

from convwise.analyses.evaluate import at_batch
from convwise.analyses.fit.answer import LargestField
from convwise.analyses.fit.asking import MOST, Asking, largest
from convwise.analyses.fit.plan import Plan
from convwise.analyses.receptive_field import receptive_fields
from convwise.errors import ConvwiseError, RuleError
from convwise.graph.axes import SPATIAL
from convwise.graph.nodes import Graph
from convwise.transforms.resized import resized

#: Sides longer than this are not looked at.
LONGEST = 1 << 14


def largest_field(graph: Graph, plan: Plan, asking: Asking) -> LargestField:
    """The largest images, of the same proportions, that this plan trains on within the budget.

    The last two axes of space grow together (the only one where there is one); time and depth in
    front of them stay. Sides are multiples of the steps in which the network goes over them.
    """
    now = _sides(graph)
    if not now:
        return LargestField({}, {}, "its input has no axes of space")
    unit = _units(graph, tuple(now))
    first = next(iter(now))
    # The first number of units is its smallest multiple that the network takes.
    start, why_not = _start(graph, now, unit)
    if start is None:
        return LargestField({}, unit, why_not)

    def sides(number: int) -> dict[str, int]:
        return _scaled(now, unit, (start + number - 1) * unit[first])

    def need(number: int) -> int:
        try:
            other = made(number)
        except ConvwiseError:
            return asking.budget_bytes + 1
        return asking.most_bytes(other, plan.training())

    known: dict[int, Graph] = {}

    def made(number: int) -> Graph:
        if number not in known:
            known[number] = resized(graph, sides(number))
        return known[number]

    area = partial(_area, now, unit, start)
    most = max(min(MOST, LONGEST // unit[first]) - start + 1, 1)
    found = largest(need, asking.budget_bytes, area, most)
    if not found:
        return LargestField({}, unit, "not even the smallest that the network takes fits")
    return LargestField(sides(found), unit, at_least=found == most)


def _area(now: dict[str, int], unit: dict[str, int], start: int, number: int) -> float:
    first = next(iter(now))
    area = 1.0
    for side in _scaled(now, unit, (start + number - 1) * unit[first]).values():
        area *= side
    return area


def _sides(graph: Graph) -> dict[str, int]:
    """The last two axes of space of the first input, by role."""
    tensor = graph.tensor(graph.inputs[0])
    found = [
        (axis.role, axis.dim)
        for axis in tensor.axes
        if axis.role in SPATIAL and type(axis.dim) is int
    ]
    return {str(role): int(str(dim)) for role, dim in found[-2:]}


def _units(graph: Graph, roles: tuple[str, ...]) -> dict[str, int]:
    """By how many pixels the coarsest value of the network moves along each axis."""
    units = dict.fromkeys(roles, 1)
    for fields in receptive_fields(graph, at_batch(graph)):
        for (_, role), field in fields.items():
            if role in units and not field.whole and field.step == int(field.step):
                units[role] = lcm(units[role], max(int(field.step), 1))
    return units


def _scaled(now: dict[str, int], unit: dict[str, int], leading: int) -> dict[str, int]:
    """All sides in the proportions of now, the first given, as multiples of their units."""
    first = next(iter(now))
    return {
        role: leading
        if role == first
        else max(round(side * leading / now[first] / unit[role]), 1) * unit[role]
        for role, side in now.items()
    }


def _start(graph: Graph, now: dict[str, int], unit: dict[str, int]) -> tuple[int | None, str]:
    """The smallest number of units that the network takes, among the first ones and now's."""
    first = next(iter(now))
    here = max(now[first] // unit[first], 1)
    trouble = ""
    try:
        resized(graph, _scaled(now, unit, 2 * here * unit[first]))
    except RuleError as error:
        where = f"layer {error.where.layer}: " if error.where.layer else ""
        return None, f"it takes images of one size only ({where}{error.message})"
    for number in range(1, here + 1):
        try:
            resized(graph, _scaled(now, unit, number * unit[first]))
        except ConvwiseError as error:
            trouble = str(error.message)
        else:
            return number, ""
    return None, trouble
