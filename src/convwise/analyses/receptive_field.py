"""The receptive field of every value: which input pixels one output position can depend on.

Statistics of normalisation layers are left out, padding is part of the field, as is usual in the
field. Source: Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks
(Distill, 2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from convwise.analyses.evaluate import Step
from convwise.graph.axes import BATCH, CHANNEL, Tensor
from convwise.graph.dims import Dim
from convwise.graph.nodes import Graph, Value
from convwise.kinds.windows import Reach, Sample, Slide, Spread, Whole

Stride = int | Fraction


class Field(NamedTuple):
    """One axis of one network input: `size` pixels, `step` from one output position to the next.

    `length` is the distance from the first pixel to the last, a fraction where positions lie
    between pixels. `start` is where the first position's field begins: negative in padding, None
    where it depends on a size that is not known. `whole`: every position sees the whole axis.
    `partial`: which part is seen is not tracked.
    """

    length: Stride = 0
    step: Stride = 1
    start: Dim | Fraction | None = 0
    whole: bool = False
    partial: bool = False

    @property
    def size(self) -> int:
        """Pixels: the most that any position sees, from the first to the last."""
        return int(self.length // 1) + 1

    @property
    def first(self) -> Dim | None:
        """The first pixel that the first position sees, in padding when negative."""
        if isinstance(self.start, Fraction):
            return -(-self.start.numerator // self.start.denominator)
        return self.start


POINT = Field()
WHOLE_FIELD = Field(whole=True)

#: Fields by (index of the network input, role of its axis).
Fields = dict[tuple[int, str], Field]


def receptive_fields(graph: Graph, steps: list[Step]) -> list[Fields]:
    """Per node the fields of its first output, per network input and axis role."""
    order = {value.node: index for index, value in enumerate(graph.inputs)}
    found: list[Fields] = []
    for index, step in enumerate(steps):
        if index in order:
            found.append(_at_input(order[index], step.outputs[0]))
        elif not step.node.known:
            found.append({})
        else:
            found.append(_behind(step, found, steps))
    return found


def _at_input(index: int, tensor: Tensor) -> Fields:
    roles = [role for role in tensor.roles if role not in (BATCH, CHANNEL, None)]
    return {(index, role): POINT for role in roles if role is not None}


def _behind(step: Step, found: list[Fields], steps: list[Step]) -> Fields:
    result: Fields = {}
    for operand, value in enumerate(step.node.inputs):
        fields = _as_seen(found[value.node], value, step.operands[operand], steps)
        reach = step.asked.reach[operand]
        if reach:
            fields = _through(fields, reach)
        result = _hull(result, fields) if result else fields
    return result


def _as_seen(fields: Fields, value: Value, operand: Tensor, steps: list[Step]) -> Fields:
    """Fields under the roles in which the operation sees its input."""
    made = steps[value.node].outputs[value.output]
    if value.output:
        fields = _of_later(fields, steps[value.node].outputs[0], made)
    if made is operand or made.roles == operand.roles:
        return fields
    renamed = dict(zip(made.roles, operand.roles, strict=True))
    return {(index, renamed.get(role) or role): field for (index, role), field in fields.items()}


def _of_later(fields: Fields, first: Tensor, later: Tensor) -> Fields:
    """An output after the first one sees all of an axis that it alone does not have."""
    gone = set(first.roles) - set(later.roles)
    if not gone:
        return fields
    return {key: WHOLE_FIELD if key[1] in gone else field for key, field in fields.items()}


def _through(fields: Fields, reach: Mapping[str, Reach]) -> Fields:
    return {
        key: _one(field, reach[key[1]]) if key[1] in reach else field
        for key, field in fields.items()
    }


def _one(field: Field, reach: Reach) -> Field:
    match reach:
        case _ if field.whole or field.partial:
            return field
        case Slide(kernel, stride, dilation, before):
            length = field.length + (kernel - 1) * dilation * field.step
            start = _moved(field.start, before, field.step)
            return Field(_tidy(length), field.step * stride, start)
        case Spread(kernel, stride, dilation, before):
            step = _tidy(Fraction(field.step) / stride)
            length = field.length + (kernel - 1) * dilation * step
            start = _moved(field.start, (kernel - 1) * dilation - before, -step)
            return Field(_tidy(length), step, start)
        case Sample(size_in, size_out, support, _):
            step = _tidy(Fraction(field.step) * Fraction(size_in, size_out))
            return Field(field.length + (support - 1) * field.step, step, field.start)
        case Whole(partial):
            return Field(whole=not partial, partial=partial)


def _moved(start: Dim | Fraction | None, before: Dim, step: Stride) -> Dim | Fraction | None:
    """`start - before*step`, None where a symbolic size meets a fraction."""
    if isinstance(start, int | Fraction) and type(before) is int:
        return _tidy(start - before * step)
    if start is None or isinstance(start, Fraction) or not isinstance(step, int):
        return None
    return start - before * step


def _tidy(value: Stride) -> Stride:
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    return value


def _hull(one: Fields, two: Fields) -> Fields:
    if one is two:
        return one
    result = dict(one)
    for key, field in two.items():
        result[key] = _joined(result[key], field) if key in result else field
    return result


def _joined(one: Field, two: Field) -> Field:
    """The smallest field that holds both, as several branches end in one value."""
    if one == two or one.whole or one.partial:
        return one
    if two.whole or two.partial:
        return two
    step = max(one.step, two.step)
    if one.start is None or two.start is None:
        return Field(max(one.length, two.length), step, None)
    if not isinstance(one.start, int | Fraction) or not isinstance(two.start, int | Fraction):
        same = one.start == two.start
        return Field(max(one.length, two.length), step, one.start if same else None)
    start = min(one.start, two.start)
    end = max(one.start + one.length, two.start + two.length)
    return Field(_tidy(end - start), step, _tidy(start))
