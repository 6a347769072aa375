"""Where operations on tensors go: a row of their own, or the row of the layer that runs them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, final

from convwise.dialects.keras.blocks import Arguments, Block
from convwise.dialects.keras.naming import snake_case
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.parameters import Part
from convwise.dialects.python.values import At
from convwise.kinds import source

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context


@final
class Operation(Block):
    """An operation that Keras lists among the layers of a functional model: `a + b`."""

    def children(self) -> Iterable[Block]:
        return ()

    def apply(self, inputs: object, rest: list[object], kwargs: Arguments, at: At) -> object:
        return inputs


def operate(
    context: Context, name: str, parts: list[Part], inputs: list[Symbol], at: At
) -> list[Symbol]:
    """Add operations one after the other, in the running layer's row or in a new one.

    `name` is the class Keras gives the operation ("Add").
    """
    recording = context.recording
    row = recording.own_row
    before = recording.call
    if row is None:
        block = Operation(context, name, None, at.line)
        recording.begin(block)
        row = recording.row(block.name, name, at.line)
        recording.begin_turn(row)
        context.owners[row] = block
    roles = parts[0].views[0] if parts[0].views else None
    values = tuple([one.value(roles) for one in inputs])
    try:
        made = recording.chain(parts, values, row, at.line)
    finally:
        recording.call = before
    return [Symbol(context, value) for value in made]


def unknown_operation(context: Context, name: str, inputs: list[Symbol], at: At) -> Symbol:
    """An operation that is not in the catalog."""
    title = "".join([word.capitalize() for word in snake_case(name).split("_")])
    return operate(context, title or "Unknown", [Part(source.Unknown(name))], inputs, at)[0]
