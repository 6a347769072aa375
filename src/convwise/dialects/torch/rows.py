"""Where operations on tensors go: a row named after the function, or the row of what runs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import At
from convwise.dialects.torch.symbols import Symbol
from convwise.errors import ConvwiseError
from convwise.kinds.source import Unknown as UnknownKind

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context


def operate(
    context: Context,
    name: str,
    parts: Sequence[Part],
    inputs: Sequence[Symbol],
    at: At,
    *,
    in_place: bool = False,
    integers: bool = False,
) -> tuple[Symbol, ...]:
    """Add operations one after the other: a function's call `name`; returns all outputs.

    The first operation gets all inputs; each further one the outputs before it. `in_place`: the
    first input becomes the result (`relu_`). `integers`: the first input holds indices.
    """
    recording = context.recording
    row = recording.own_row
    if row is None:
        row = recording.operation_row(name, at.line)
        recording.builder.begin_call(row)
    views = parts[0].views if parts else ()
    values = []
    for place, one in enumerate(inputs):
        roles = views[place] if place < len(views) else None
        values.append(one.value(roles, "int64" if integers and place == 0 else None))
    try:
        made = recording.chain(parts, tuple(values), row, at.line, in_place)
    except ConvwiseError as error:
        raise error.at(line=at.line, layer=recording.path(name)) from None
    if in_place:
        inputs[0].replace(made[0])
        return (inputs[0], *[Symbol(context, value) for value in made[1:]])
    return tuple([Symbol(context, value) for value in made])


def unknown_operation(context: Context, name: str, inputs: Sequence[Symbol], at: At) -> Symbol:
    """An operation that is not in the catalog: reported, never guessed."""
    return operate(context, name, [Part(UnknownKind(name))], inputs, at)[0]
