"""How recurrent layers are called on tensors and states, and what they return; builds no kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from convwise.dialects.python.parameters import Arguments

Gives = Callable[[Arguments, list[Any]], object]


def for_sequence(inputs: object, rest: Sequence[object], kwargs: Arguments) -> list[object]:
    """A sequence and its initial states: `layer(x, initial_state=[h, c])`, `layer([x, h, c])`."""
    state = kwargs.get("initial_state", rest[0] if rest else None)
    if type(inputs) in (list, tuple) and len(inputs) > 1:  # type: ignore[arg-type]
        inputs, state = inputs[0], list(inputs[1:])  # type: ignore[index]
    return [inputs, *known_states(state)]


def for_step(inputs: object, rest: Sequence[object], kwargs: Arguments) -> list[object]:
    """One input and the states: `cell(x, [h, c])`."""
    state = kwargs.get("states", rest[0] if rest else None)
    return [inputs, *known_states(state)]


def known_states(state: object) -> list[object]:
    """States that are tensors of the network; numbers from elsewhere change nothing that counts."""
    from convwise.dialects.keras.blocks import flat
    from convwise.dialects.keras.symbols import Symbol

    found = flat(state)
    return found if all(type(one) is Symbol for one in found) else []


def from_sequence(states: int) -> Gives:
    """One tensor, or a list of the output and the final states."""

    def gives(arguments: Arguments, made: list[Any]) -> object:
        return enough(made, 1 + states) if arguments["return_state"] else made[0]

    return gives


def from_step(states: int) -> Gives:
    """The output, which is the hidden state, and the list of all states."""

    def gives(arguments: Arguments, made: list[Any]) -> object:
        return made[0], enough(made, states)

    return gives


def enough(made: list[Any], count: int) -> list[Any]:
    """As many symbols as a layer returns: behind something unknown, one stands for all."""
    return [*made, *made[:1] * (count - len(made))]
