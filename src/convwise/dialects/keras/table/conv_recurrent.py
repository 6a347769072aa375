"""Keras's convolutional LSTMs in one to three dimensions of space; time is an axis of its own."""

from __future__ import annotations

from convwise.dialects.keras.recurrences import for_sequence, from_sequence
from convwise.dialects.keras.table.convolutions import agree
from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.keras.table.formats import data_format
from convwise.dialects.keras.table.recurrent import OLD, RATES, activation, weighted
from convwise.dialects.python.checks import choice, flag, positive, sizes
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part, free
from convwise.graph.axes import BATCH, CHANNEL
from convwise.graph.builder import Roles
from convwise.kinds.conv_recurrent import ConvLSTM
from convwise.kinds.windows import SAME, VALID

_OLD = {
    **{name: today for name, today in OLD.items() if today != "units"},
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "dim_ordering": "data_format",
}
_SPACE = {1: ("width",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def _film(arguments: Arguments, rank: int) -> Roles:
    if arguments["data_format"] == "channels_first":
        return (BATCH, "time", CHANNEL, *_SPACE[rank])
    return (BATCH, "time", *_SPACE[rank], CHANNEL)


def _parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    first = "sequence" if arguments["return_sequences"] else "last"
    kind = ConvLSTM(
        arguments["kernel_size"],
        arguments["filters"],
        arguments["strides"],
        arguments["dilation_rate"],
        SAME if arguments["padding"] == "same" else VALID,
        arguments["use_bias"],
        (first, "hidden", "cell") if arguments["return_state"] else (first,),
        arguments["go_backwards"],
        arguments["activation"],
        arguments["recurrent_activation"],
        arguments["dropout"],
        arguments["recurrent_dropout"],
    )
    return (Part(kind, (_film(arguments, len(kind.kernel)),)),)


def _entry(rank: int) -> Entry:
    parameters = (
        Parameter("filters", REQUIRED, positive),
        Parameter("kernel_size", REQUIRED, sizes(rank)),
        Parameter("strides", (1,) * rank, sizes(rank)),
        Parameter("padding", "valid", choice("valid", "same", lower=True)),
        Parameter("data_format", None, data_format),
        Parameter("dilation_rate", (1,) * rank, sizes(rank)),
        Parameter("activation", "tanh", activation),
        Parameter("recurrent_activation", "sigmoid", activation),
        Parameter("use_bias", True, flag),
        *weighted("unit_forget_bias"),
        *free("activity_regularizer"),
        *free("kernel_constraint", "recurrent_constraint", "bias_constraint"),
        *RATES,
        *free("seed"),
        Parameter("return_sequences", False, flag),
        Parameter("return_state", False, flag),
        Parameter("go_backwards", False, flag),
        *free("stateful"),
    )
    return Entry(
        f"ConvLSTM{rank}D",
        parameters,
        _parts,
        old=_OLD,
        agree=agree,
        takes=for_sequence,
        gives=from_sequence(2),
    )


ENTRIES = tuple([_entry(rank) for rank in (1, 2, 3)])
