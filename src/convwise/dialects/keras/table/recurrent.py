"""Keras's recurrent layers and their cells; what wraps them is in the wrappers."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras.recurrences import for_sequence, for_step, from_sequence, from_step
from convwise.dialects.keras.table import activations
from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.python.checks import flag, positive, rate, show
from convwise.dialects.python.functions import Function
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part, free
from convwise.dialects.python.values import BoundMethod, UserFunction
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE
from convwise.kinds.recurrent import Recurrent
from convwise.kinds.recurrent_cells import Cell
from convwise.kinds.recurrent_step import RecurrentCell

SEQUENCE: Final = (BATCH, "time", FEATURE)
#: A function of the file's own: it is applied to every unit, as a named one is.
OWN: Final = "own"

_STATES: Final = {"simple": 1, "gru": 1, "lstm": 2}

#: Spellings of Keras 1.
OLD: Final = {
    "output_dim": "units",
    "inner_activation": "recurrent_activation",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "forget_bias_init": "bias_initializer",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "consume_less": "implementation",
}


def activation(value: Any, name: str) -> str:
    """The name of the function."""
    if value is None:
        return "linear"
    if type(value) is Function and value.activation is not None:
        value = value.activation
    if type(value) is str:
        activations.named(value)
        return activations.FUNCTIONS[value][0] if value in activations.FUNCTIONS else value
    if isinstance(value, (Function, UserFunction, BoundMethod)):
        return OWN
    raise RuleError(
        f"{name} must be a name or a function, found {show(value)}", hint=f"such as {name}='tanh'"
    )


def _in_time(value: Any, name: str) -> bool:
    if value:
        raise RuleError(
            f"{name}=True puts time before the batch, which is not read here",
            hint="keep the batch first, as Keras 3 does",
        )
    return False


def weighted(*more: str) -> tuple[Parameter, ...]:
    """How the weights start and are held, in Keras's order."""
    roles = ("kernel", "recurrent", "bias")
    names = [f"{role}_initializer" for role in roles]
    names += more
    names += [f"{role}_regularizer" for role in roles]
    return free(*names)


_CONSTRAINTS = free("kernel_constraint", "recurrent_constraint", "bias_constraint")
RATES = (Parameter("dropout", 0.0, rate), Parameter("recurrent_dropout", 0.0, rate))
_RUN = (
    Parameter("return_sequences", False, flag),
    Parameter("return_state", False, flag),
    Parameter("go_backwards", False, flag),
    *free("stateful", "unroll"),
)
_LATE = (*free("implementation", "zero_output_for_mask"), Parameter("time_major", False, _in_time))
_RESET = Parameter("reset_after", True, flag)


def _head(gated: bool, bias: bool = True) -> tuple[Parameter, ...]:
    found = [Parameter("units", REQUIRED, positive)]
    found.append(Parameter("activation", "tanh", activation))
    if gated:
        found.append(Parameter("recurrent_activation", "sigmoid", activation))
    return (*found, Parameter("use_bias", True, flag)) if bias else tuple(found)


def cell_of(name: str, arguments: Arguments) -> Cell:
    """The cell that a layer, or a cell of Keras, runs."""
    after = arguments.get("reset_after", True)
    two = name == "gru" and after
    return Cell(
        name,
        arguments["units"],
        bias=arguments.get("use_bias", True),
        bias_sets=2 if two else 1,
        joined_bias=two,
        reset_after=after,
        activation=arguments.get("activation", "tanh"),
        recurrent_activation=arguments.get("recurrent_activation", "sigmoid"),
        input_dropout=arguments.get("dropout", 0.0),
        state_dropout=arguments.get("recurrent_dropout", 0.0),
        update_first=name == "gru",
    )


def run_of(cell: Cell, arguments: Arguments) -> Recurrent:
    """A cell run over a sequence as a layer's arguments say."""
    first = "sequence" if arguments["return_sequences"] else "last"
    states = cell.states if arguments["return_state"] else ()
    return Recurrent(cell, returns=(first, *states), backwards=arguments["go_backwards"])


def _layer(name: str, cell: str, *parameters: Parameter) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (Part(run_of(cell_of(cell, arguments), arguments), (SEQUENCE,)),)

    gives = from_sequence(_STATES[cell])
    return Entry(name, parameters, parts, old=OLD, takes=for_sequence, gives=gives)


def _cell(name: str, cell: str, *parameters: Parameter) -> Entry:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (Part(RecurrentCell(cell_of(cell, arguments)), ((BATCH, FEATURE),)),)

    given = (*parameters, *free("implementation"))
    return Entry(name, given, parts, old=OLD, takes=for_step, gives=from_step(_STATES[cell]))


def _fused(name: str, cell: str, *more: str) -> Entry:
    """Layers for CuDNN only, with biases of both products: a GRU resets after the product."""

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        return (
            Part(
                run_of(
                    Cell(cell, arguments["units"], bias_sets=2, update_first=cell == "gru"),
                    arguments,
                ),
                (SEQUENCE,),
            ),
        )

    parameters = (
        Parameter("units", REQUIRED, positive),
        *weighted(*more),
        *free("activity_regularizer"),
        *_CONSTRAINTS,
        *_RUN,
        *_LATE,
    )
    gives = from_sequence(_STATES[cell])
    return Entry(name, parameters, parts, old=OLD, takes=for_sequence, gives=gives)


_ACTIVITY = free("activity_regularizer")
_SEED = free("seed")
_CUDNN = free("use_cudnn")

ENTRIES = (
    _layer(
        "SimpleRNN",
        "simple",
        *(*_head(False), *weighted(), *_ACTIVITY, *_CONSTRAINTS, *RATES, *_RUN, *_SEED, *_LATE),
    ),
    _layer(
        "LSTM",
        "lstm",
        *(*_head(True), *weighted("unit_forget_bias"), *_ACTIVITY, *_CONSTRAINTS, *RATES),
        *(*_SEED, *_RUN, *_CUDNN, *_LATE),
    ),
    _layer(
        "GRU",
        "gru",
        *(*_head(True), *weighted(), *_ACTIVITY, *_CONSTRAINTS, *RATES),
        *(*_SEED, *_RUN, _RESET, *_CUDNN, *_LATE),
    ),
    _cell("SimpleRNNCell", "simple", *_head(False), *weighted(), *_CONSTRAINTS, *RATES, *_SEED),
    _cell(
        "LSTMCell",
        "lstm",
        *(*_head(True), *weighted("unit_forget_bias"), *_CONSTRAINTS, *RATES, *_SEED),
    ),
    _cell(
        "GRUCell",
        "gru",
        *(*_head(True), *weighted(), *_CONSTRAINTS, *RATES, _RESET, *_SEED),
    ),
    _fused("CuDNNLSTM", "lstm", "unit_forget_bias"),
    _fused("CuDNNGRU", "gru"),
)
