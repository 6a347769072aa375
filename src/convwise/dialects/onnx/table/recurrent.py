"""Recurrent layers: both directions in one tensor, with an axis of their own in what comes out."""

from __future__ import annotations

from typing import Final

from convwise.dialects.onnx.op import Built, Held, Op, Source
from convwise.dialects.onnx.table.entry import Entry, NotClear, Plan, broken, is_weight, tensor
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE, describe
from convwise.graph.builder import Roles
from convwise.kinds.recurrent import Recurrent
from convwise.kinds.recurrent_cells import GATES, Cell
from convwise.kinds.reshape import Reshape
from convwise.kinds.rolling import Flip
from convwise.kinds.views import Permute, Unsqueeze

#: ONNX's activations -> the kinds', where both have the same numbers.
_FUNCTIONS: Final = {
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "relu": "relu",
    "softsign": "softsign",
    "softplus": "softplus",
}
#: The activations of one direction where none are named.
_USUAL: Final = {
    "simple": ("tanh",),
    "gru": ("sigmoid", "tanh"),
    "lstm": ("sigmoid", "tanh", "tanh"),
}
_STATES: Final = (None, BATCH, FEATURE)
#: Inputs: X, W, R, B, lengths, initial states, peepholes.
_BIAS, _LENGTHS, _START, _PEEPHOLES = 3, 4, 5, 7


def _layer(name: str, sort: str) -> Entry:
    def make(op: Op) -> Built:
        _must_be_plain(op)
        way = op.text("direction", "forward")
        if way not in ("forward", "reverse", "bidirectional"):
            raise broken(f'direction="{way}" of {name} is none of forward, reverse, both')
        both = way == "bidirectional"
        kind = Recurrent(
            _cell(op, sort, both),
            1,
            both,
            returns=("sequence", "hidden", "cell") if sort == "lstm" else ("sequence", "hidden"),
            stacked=True,
            backwards=way == "reverse",
        )
        return _placed(op, kind)

    return Entry(name, make)


def _must_be_plain(op: Op) -> None:
    """NotClear for what the kind does not have."""
    if op.attributes.get("clip") is not None:
        raise NotClear(f"{op.name} that clips what its activations get")
    if op.integer("input_forget", 0):
        raise NotClear(f"{op.name} whose input and forget gates are coupled")
    if op.has(_PEEPHOLES):
        raise NotClear(f"{op.name} with peepholes")
    if op.has(_LENGTHS):
        lengths = op.input(_LENGTHS).constant
        steps = tensor(op).shape[1:2] if op.integer("layout", 0) else tensor(op).shape[:1]
        if lengths is None or any((one,) != steps for one in lengths):
            raise NotClear(f"{op.name} over sequences of several lengths")
    if not all(is_weight(op, place) for place in (1, 2)):
        raise NotClear(f"{op.name} with weights that the network computes")
    if op.has(_BIAS) and not is_weight(op, _BIAS):
        raise NotClear(f"{op.name} with biases that the network computes")


def _cell(op: Op, sort: str, both: bool) -> Cell:
    source, kernel, inner = [tensor(op, place) for place in range(3)]
    if not source.rank == kernel.rank == inner.rank == 3:
        raise RuleError(
            f"{op.name} takes an input and weights with 3 axes, found {describe(source)}, "
            f"{describe(kernel)} and {describe(inner)}",
            hint="(steps, batch, features) and (directions, gates * units, features)",
        )
    units = op.integer("hidden_size", 0) or inner.shape[-1]
    if type(units) is not int:
        raise NotClear(f"the number of units of {op.name}")
    wanted = (2 if both else 1, GATES[sort] * units, source.shape[-1])
    if kernel.shape[:2] != wanted[:2]:
        raise RuleError(
            f"{op.name} of {units} units needs an input with 3 axes and weights of {wanted}, "
            f"found {describe(source)} and {describe(kernel)}",
            hint="(steps, batch, features) and (directions, gates * units, features)",
        )
    gates, values = _activations(op, sort, both)
    return Cell(
        sort,
        units,
        bias=op.has(_BIAS),
        bias_sets=2,
        reset_after=sort != "gru" or bool(op.integer("linear_before_reset", 0)),
        activation=values,
        recurrent_activation=gates,
        update_first=sort == "gru",
    )


def _activations(op: Op, sort: str, both: bool) -> tuple[str, str]:
    """Of the gates, and of the values; all directions must have the same ones."""
    usual = _USUAL[sort]
    named = op.texts("activations") or usual * (2 if both else 1)
    if op.numbers("activation_alpha") or op.numbers("activation_beta"):
        raise NotClear(f"{op.name} with numbers for its activations")
    found = [_FUNCTIONS.get(one.lower()) for one in named]
    count = len(usual)
    directions = [tuple(found[place : place + count]) for place in range(0, len(found), count)]
    if None in found or len(set(directions)) != 1 or len(directions[0]) != count:
        raise NotClear(f"{op.name} with the activations {', '.join(named)}")
    values = set(directions[0][-1:] if sort != "lstm" else directions[0][1:])
    if len(values) != 1:
        raise NotClear(f"{op.name} with the activations {', '.join(named)}")
    gates = directions[0][0] if sort != "simple" else "sigmoid"
    return str(gates), str(values.pop())


def _held(op: Op, both: bool) -> dict[str, Held]:
    """Both directions, and both sets of biases, are pieces of one tensor each."""
    found = {}
    for suffix, way in (("", "forward"), ("_reverse", "backward"))[: 2 if both else 1]:
        of = f" {way}" if both else ""
        found[f"kernel{suffix}"] = Held(1, piece=of.strip())
        found[f"recurrent_kernel{suffix}"] = Held(2, piece=of.strip())
        if op.has(_BIAS):
            found[f"bias{suffix}"] = Held(_BIAS, piece=f"input{of}")
            found[f"recurrent_bias{suffix}"] = Held(_BIAS, piece=f"recurrent{of}")
    return found


def _placed(op: Op, kind: Recurrent) -> Built:
    """The sequence with an axis of directions, states with theirs first; or the batch first."""
    plan = Plan()
    first = bool(op.integer("layout", 0))
    roles: Roles = (BATCH, "time", FEATURE) if first else ("time", BATCH, FEATURE)
    starts = [_start(op, plan, _START + place) for place in range(len(kind.cell.states))]
    given: list[Source] = [one for one in starts if one is not None]
    if len(given) not in (0, len(starts)):
        raise NotClear(f"{op.name} with one of its two initial states")
    made = plan.add(kind, 0, *given, views=(roles, *[_STATES] * len(given)))
    states = [_turned(plan, made._replace(output=place + 1), first) for place in range(len(starts))]
    sequence = _with_directions(op, plan, made, kind) if op.wants(0) else None
    return plan.built(sequence, *states, weights=_held(op, kind.bidirectional))


def _start(op: Op, plan: Plan, place: int) -> Source | None:
    if not op.has(place):
        return None
    return _turned(plan, place, bool(op.integer("layout", 0)))


def _turned(plan: Plan, source: Source, first: bool) -> Source:
    """A state with its directions first, or with its batch first."""
    return plan.add(Permute((1, 0, 2)), source) if first else source


def _with_directions(op: Op, plan: Plan, made: Source, kind: Recurrent) -> Source:
    """(steps, batch, features) becomes (steps, directions, batch, features).

    What was read from the end comes out in the order of the input.
    """
    first = bool(op.integer("layout", 0))
    made = plan.add(Flip((1 if first else 0,)), made) if kind.backwards else made
    if not kind.bidirectional:
        return plan.add(Unsqueeze(2 if first else 1), made)
    one, two, _ = tensor(op).shape
    parts = Reshape((one, two, 2, kind.cell.hidden), with_batch=True)
    apart = plan.add(parts, made)
    return apart if first else plan.add(Permute((0, 2, 1, 3)), apart)


ENTRIES = (_layer("RNN", "simple"), _layer("LSTM", "lstm"), _layer("GRU", "gru"))
