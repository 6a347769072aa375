"""MATLAB's recurrent layers; the gates of an LSTM are input, forget, cell, output."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.matlab.table.entry import Entry, Parts
from convwise.dialects.matlab.table.shapes import SEQUENCE, flattened, must_have_channels
from convwise.dialects.matlab.table.values import auto, count, flag, learned, word
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
    Inputs,
    Parameter,
    Part,
    free,
)
from convwise.kinds.recurrent import Recurrent
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.source import Unknown

#: MATLAB keeps both directions of a bidirectional layer in one array: the forward one's rows first.
_NAMES: Final = {
    "kernel": "InputWeights",
    "recurrent_kernel": "RecurrentWeights",
    "kernel_reverse": "InputWeights (backward)",
    "recurrent_kernel_reverse": "RecurrentWeights (backward)",
    "bias_reverse": "Bias (backward)",
}
_STATES: Final = {"lstm": ("hidden", "cell"), "gru": ("hidden",)}
_RESET = word(
    "after-multiplication", "before-multiplication", "recurrent-bias-after-multiplication"
)
_COMMON: Final = (
    Parameter("NumHiddenUnits", REQUIRED, count),
    Parameter("OutputMode", "sequence", word("sequence", "last")),
    Parameter("HasStateInputs", False, flag),
    Parameter("HasStateOutputs", False, flag),
    Parameter("StateActivationFunction", "tanh", word("tanh", "softsign", "relu")),
    Parameter("GateActivationFunction", "sigmoid", word("sigmoid", "hard-sigmoid")),
    Parameter("InputSize", None, auto(count)),
    *learned("InputWeights", "RecurrentWeights", "Bias"),
    *free("HiddenState", "CellState", "BatchSize"),
)


def _cell(name: str, arguments: Arguments) -> Cell:
    """A GRU's recurrent product has a bias of its own only in one of its three modes."""
    reset = arguments.get("ResetGateMode", "after-multiplication")
    two = reset == "recurrent-bias-after-multiplication"
    return Cell(
        name,
        arguments["NumHiddenUnits"],
        bias_sets=2 if two else 1,
        joined_bias=two,
        reset_after=reset != "before-multiplication",
        activation=arguments["StateActivationFunction"],
    )


def _parts(layer: str, cell: str, both: bool) -> Parts:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        stateful = arguments["HasStateInputs"] or arguments["HasStateOutputs"]
        before = flattened(inputs[0])
        if stateful and (both or before):
            return (Part(Unknown(f"{layer} with states of its own here")),)
        if not before:
            must_have_channels(arguments, inputs, "InputSize")
        states = _STATES[cell] if arguments["HasStateOutputs"] else ()
        returns = (arguments["OutputMode"], *states)
        kind = Recurrent(_cell(cell, arguments), bidirectional=both, returns=returns)
        given = len(_STATES[cell]) if arguments["HasStateInputs"] else 0
        if arguments["GateActivationFunction"] != "sigmoid":
            # MATLAB's rises by 0.2, that of newer frameworks by 1/6.
            return (Part(Unknown(f"{layer} with gates of MATLAB's hard-sigmoid")),)
        return (*before, Part(kind, (SEQUENCE, *[None] * given)))

    return parts


def _entry(layer: str, cell: str, default: str, both: bool = False) -> Entry:
    def ports(arguments: Arguments) -> tuple[str, ...]:
        return ("in", *(_STATES[cell] if arguments["HasStateInputs"] else ()))

    def outputs(arguments: Arguments) -> tuple[str, ...]:
        return ("out", *(_STATES[cell] if arguments["HasStateOutputs"] else ()))

    more: tuple[Any, ...] = ()
    if cell == "gru":
        more = (Parameter("ResetGateMode", "after-multiplication", _RESET),)
    return Entry(
        layer,
        (*_COMMON, *more),
        _parts(layer, cell, both),
        default,
        1,
        ports=ports,
        outputs=outputs,
        names=_NAMES,
    )


ENTRIES = (
    _entry("lstmLayer", "lstm", "lstm"),
    _entry("bilstmLayer", "lstm", "biLSTM", both=True),
    _entry("gruLayer", "gru", "gru"),
)
