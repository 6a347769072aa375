"""Recurrent networks over a sequence, and single steps: backpropagation through time by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from convwise.graph.axes import BATCH
from convwise.kinds.recurrent import Recurrent
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.recurrent_step import RecurrentCell
from convwise.reference.cells import States, step, survivors
from convwise.reference.contract import Array, Gradients, Pass, Use

Weights = Mapping[str, Array]


def recurrent_cell(use: Use[RecurrentCell]) -> Pass:
    """One step: the new state of an input and the last state, zeros where none is given."""
    cell = use.kind.cell
    x = use.x.reshape(-1, use.x.shape[-1])
    given = [one.reshape(-1, one.shape[-1]) for one in use.inputs[1:]]
    states = tuple(given) or _zeros(cell, len(x))
    m, k = _masks(use, cell, x.shape, states[0].shape)
    done = step(cell, use.weights, x * m, (states[0] * k, *states[1:]))
    shapes = [made.shape for made in use.outputs]

    def backward(grads: tuple[Array, ...]) -> Gradients:
        flat = tuple([one.reshape(-1, one.shape[-1]) for one in grads])
        found = done.back(flat)
        back = (found.x * m, found.states[0] * k, *found.states[1:])
        pairs = zip(back, use.inputs, strict=False)
        return Gradients(tuple([d.reshape(one.shape) for d, one in pairs]), found.weights)

    outputs = [one.reshape(shape) for one, shape in zip(done.states, shapes, strict=True)]  # type: ignore[arg-type]
    return Pass(tuple(outputs), backward)


def _masks(
    use: Use[Recurrent] | Use[RecurrentCell], cell: Cell, x: tuple[int, ...], h: tuple[int, ...]
) -> tuple[Array, Array]:
    """Dropout of the input and of the hidden state, in training."""
    rates = (cell.input_dropout, cell.state_dropout) if use.training else (0.0, 0.0)
    return survivors(use.random, rates[0], x), survivors(use.random, rates[1], h)


def _zeros(cell: Cell, batch: int) -> States:
    return tuple([np.zeros((batch, cell.size_of(state))) for state in cell.states])


class Run(NamedTuple):
    """A sequence read by one cell: hidden states in the order of reading, the final states.

    back: from the gradients of all hidden states and of the final states to those of the sequence
    (in the order of reading), of the initial states and of the weights.
    """

    hidden: Array
    final: States
    back: Callable[[Array, States], tuple[Array, States, dict[str, Array]]]


def run(cell: Cell, weights: Weights, x: Array, start: States, masks: States) -> Run:
    """Read x (time, batch, features) from the first step to the last; masks of input and state."""
    m, k = masks
    states, steps, hidden = start, [], []
    for one in x:
        done = step(cell, weights, one * m, (states[0] * k, *states[1:]))
        states = done.states
        steps.append(done)
        hidden.append(states[0])

    def back(grads: Array, final: States) -> tuple[Array, States, dict[str, Array]]:
        dx = np.zeros_like(x)
        totals: dict[str, Array] = {}
        d = final
        for place in range(len(steps) - 1, -1, -1):
            found = steps[place].back((d[0] + grads[place], *d[1:]))
            dx[place], d = found.x * m, (found.states[0] * k, *found.states[1:])
            for role, gradient in found.weights.items():
                totals[role] = totals[role] + gradient if role in totals else gradient
        return dx, d, totals

    return Run(np.stack(hidden), states, back)


class _Layers(NamedTuple):
    """All runs, by layer and direction, and the masks of dropout between layers."""

    runs: list[list[Run]]
    masks: list[Array]


def recurrent(use: Use[Recurrent]) -> Pass:
    """Layer after layer, each in one direction or in both; states and sequences as asked for.

    Backward goes through the steps from the last to the first (Werbos, 1990), and through the
    layers from the top to the bottom.
    """
    kind = use.kind
    time = use.source.position("time")
    has_batch = BATCH in use.source.roles
    x = np.moveaxis(use.x, time, 0)  # (time, batch, features), the batch perhaps missing
    x = x if has_batch else x[:, None]
    start = _started(use, x.shape[1])
    layers, top = _read(use, x, start)
    outputs = _Outputs(use, layers, top, time, has_batch)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        d_hidden, d_final = outputs.back(grads)
        dx, d_start, found = _read_back(kind, layers, d_hidden, d_final)
        dx = dx if has_batch else dx[:, 0]
        states = _unstarted(use, d_start)
        return Gradients((np.moveaxis(dx, 0, time), *states), found)

    return Pass(outputs.made(), backward)


def _started(use: Use[Recurrent], batch: int) -> list[list[States]]:
    """Initial states by layer and direction."""
    kind, cell = use.kind, use.kind.cell
    given = use.inputs[1:]
    count = len(cell.states)
    found = []
    for layer in range(kind.layers):
        row = []
        for direction in range(kind.directions):
            which = layer * kind.directions + direction
            if not given:
                row.append(_zeros(cell, batch))
            elif kind.stacked:
                row.append(tuple([one[which].reshape(batch, -1) for one in given]))
            else:
                mine = given[which * count : (which + 1) * count]
                row.append(tuple([one.reshape(batch, -1) for one in mine]))
        found.append(row)
    return found


def _unstarted(use: Use[Recurrent], gradients: list[list[States]]) -> list[Array]:
    """The gradients of the initial states as they were given."""
    given = use.inputs[1:]
    flat = [states for row in gradients for states in row]
    if not given:
        return []
    if use.kind.stacked:
        return [
            np.stack([states[which] for states in flat]).reshape(one.shape)
            for which, one in enumerate(given)
        ]
    every = [state for states in flat for state in states]
    return [d.reshape(one.shape) for d, one in zip(every, given, strict=True)]


def _suffix(layer: int, direction: int) -> str:
    return (f"_{layer}" if layer else "") + ("_reverse" if direction else "")


def _mine(weights: Weights, suffix: str, cell: Cell) -> Weights:
    """The weights of one layer and direction by the roles of a single cell."""
    roles = ("kernel", "recurrent_kernel", "bias", "recurrent_bias", "projection")
    return {role: weights[role + suffix] for role in roles if role + suffix in weights}


def _read(use: Use[Recurrent], x: Array, start: list[list[States]]) -> tuple[_Layers, Array]:
    """Run every layer on what the one below it gives; the last one's directions side by side."""
    kind = use.kind
    runs: list[list[Run]] = []
    masks = []
    for layer in range(kind.layers):
        row = []
        for direction in range(kind.directions):
            turned = x[::-1] if direction or kind.backwards else x
            mine = _mine(use.weights, _suffix(layer, direction), kind.cell)
            begin = start[layer][direction]
            masks_here = _masks(use, kind.cell, turned.shape[1:], begin[0].shape)
            row.append(run(kind.cell, mine, turned, begin, masks_here))
        runs.append(row)
        x = np.concatenate([row[0].hidden, *[one.hidden[::-1] for one in row[1:]]], axis=-1)
        between = use.training and layer + 1 < kind.layers
        mask = survivors(use.random, kind.dropout if between else 0.0, x.shape)
        masks.append(mask)
        x = x * mask
    return _Layers(runs, masks), x


def _read_back(
    kind: Recurrent, layers: _Layers, d: list[Array], d_final: list[list[States]]
) -> tuple[Array, list[list[States]], dict[str, Array]]:
    """From the gradients of the top layer's hidden states, in the order of reading."""
    found: dict[str, Array] = {}
    starts: list[list[States]] = [[] for _ in layers.runs]
    below = np.zeros(())
    for layer in range(kind.layers - 1, -1, -1):
        below = np.zeros(())
        for direction, one in enumerate(layers.runs[layer]):
            dx, start, weights = one.back(d[direction], d_final[layer][direction])
            suffix = _suffix(layer, direction)
            found.update({role + suffix: gradient for role, gradient in weights.items()})
            starts[layer].append(start)
            dx = dx[::-1] if direction or kind.backwards else dx
            below = below + dx
        if layer:
            parts = np.split(below * layers.masks[layer - 1], kind.directions, axis=-1)
            d = [part[::-1] if which else part for which, part in enumerate(parts)]
    return below, starts, found


_MERGES: Mapping[str, Callable[[Array, Array], Array]] = {
    "concat": lambda one, two: np.concatenate([one, two], axis=-1),
    "sum": lambda one, two: one + two,
    "ave": lambda one, two: (one + two) / 2,
    "mul": lambda one, two: one * two,
}


def _parted(merge: str | None, d: Array, one: Array, two: Array) -> tuple[Array, Array]:
    """The gradients of the two directions that were merged."""
    if merge == "concat":
        first, second = np.split(d, 2, axis=-1)
        return first, second
    return {"sum": (d, d), "ave": (d / 2, d / 2), "mul": (d * two, d * one)}[str(merge)]


class _Outputs:
    """What comes out, in the order of `returns`, and where gradients go."""

    def __init__(
        self, use: Use[Recurrent], layers: _Layers, top: Array, time: int, has_batch: bool
    ) -> None:
        self.kind = use.kind
        self.layers = layers
        self.time = time
        self.has_batch = has_batch
        self.last = layers.runs[-1]
        self.shapes = [tuple(made.shape) for made in use.outputs]

    def made(self) -> tuple[Array, ...]:
        """All outputs in the axes of the kind's rule."""
        kind, found = self.kind, []
        for name in kind.returns:
            if name in ("sequence", "last"):
                found += self._shown(name)
            elif kind.stacked:
                which = kind.cell.states.index(name)
                found.append(
                    np.stack([one.final[which] for row in self.layers.runs for one in row])
                )
        if not kind.stacked:
            places = [kind.cell.states.index(n) for n in kind.returns if n in kind.cell.states]
            flat = [one for row in self.layers.runs for one in row]
            found += [one.final[place] for one in flat for place in places]
        return tuple([one.reshape(s) for one, s in zip(found, self.shapes, strict=True)])  # type: ignore[arg-type]

    def _shown(self, name: str) -> list[Array]:
        """The sequence, or the last hidden states, of both directions merged or apart."""
        sequence = name == "sequence"
        sides = [one.hidden if sequence else one.hidden[-1] for one in self.last]
        if len(sides) == 2 and sequence:
            sides[1] = sides[1][::-1]
        if len(sides) == 2 and self.kind.merge is not None:
            sides = [_MERGES[self.kind.merge](*sides)]
        return [self._placed(one) for one in sides] if sequence else sides

    def _placed(self, hidden: Array) -> Array:
        """(time, batch, values) with time where the input has it."""
        one = hidden if self.has_batch else hidden[:, 0]
        return np.moveaxis(one, 0, self.time)

    def back(self, grads: Sequence[Array]) -> tuple[list[Array], list[list[States]]]:
        """Gradients of the top hidden states, in the order of reading, and of all final states."""
        kind, waiting = self.kind, list(grads)
        hidden = [np.zeros_like(one.hidden) for one in self.last]
        final = [[[np.zeros_like(s) for s in one.final] for one in row] for row in self.layers.runs]
        for name in kind.returns:
            if name in ("sequence", "last"):
                self._gather(name, waiting, hidden)
            elif kind.stacked:
                which, d = kind.cell.states.index(name), waiting.pop(0)
                flat = [states for row in final for states in row]
                for states, part in zip(flat, d, strict=True):
                    states[which] = states[which] + part.reshape(states[which].shape)
        if not kind.stacked:
            places = [kind.cell.states.index(n) for n in kind.returns if n in kind.cell.states]
            for states in [states for row in final for states in row]:
                for place in places:
                    states[place] = states[place] + waiting.pop(0).reshape(states[place].shape)
        return hidden, [[tuple(states) for states in row] for row in final]

    def _gather(self, name: str, waiting: list[Array], hidden: list[Array]) -> None:
        sequence = name == "sequence"
        sides = [one.hidden if sequence else one.hidden[-1] for one in self.last]
        if len(sides) == 2 and sequence:
            sides[1] = sides[1][::-1]
        if len(sides) == 1 or self.kind.merge is None:
            parts = [self._unplaced(waiting.pop(0), one, sequence) for one in sides]
        else:
            shape = _MERGES[self.kind.merge](*sides)
            d = self._unplaced(waiting.pop(0), shape, sequence)
            parts = list(_parted(self.kind.merge, d, *sides))
        for which, part in enumerate(parts):
            if not sequence:
                hidden[which][-1] += part
            else:
                hidden[which] += part[::-1] if which else part

    def _unplaced(self, d: Array, like: Array, sequence: bool) -> Array:
        """The inverse of `_placed`."""
        moved = np.moveaxis(d, self.time, 0) if sequence else d
        return moved.reshape(like.shape)
