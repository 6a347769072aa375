"""Keras's pooling layers: windows, adaptive and global; "same" pads at the end."""

from __future__ import annotations

from convwise.dialects.keras.table.entry import Entry, Parts
from convwise.dialects.keras.table.formats import data_format
from convwise.dialects.keras.table.views import image
from convwise.dialects.python.checks import choice, flag, optional, sizes
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part
from convwise.kinds.adaptive import AdaptivePool, GlobalPool
from convwise.kinds.pooling import AveragePool, MaxPool
from convwise.kinds.windows import SAME, VALID

_FORMAT = Parameter("data_format", None, data_format)
_PADDING = Parameter("padding", "valid", choice("valid", "same", lower=True))
_OLD = {
    "pool_length": "pool_size",
    "stride": "strides",
    "border_mode": "padding",
    "dim_ordering": "data_format",
}


def _windows(make: type[MaxPool] | type[AveragePool]) -> Parts:
    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        window = arguments["pool_size"]
        kind = make(
            window,
            arguments["strides"] or window,
            (1,) * len(window),
            SAME if arguments["padding"] == "same" else VALID,
        )
        return (Part(kind, (image(arguments["data_format"], len(window)),)),)

    return parts


def _window_entry(rank: int, word: str, short: str) -> Entry:
    parameters = (
        Parameter("pool_size", (2,) * rank, sizes(rank)),
        Parameter("strides", None, optional(sizes(rank))),
        _PADDING,
        _FORMAT,
    )
    return Entry(
        f"{word}Pooling{rank}D",
        parameters,
        _windows(MaxPool if word == "Max" else AveragePool),
        aliases=(f"{short}Pool{rank}D",),
        old=_OLD,
    )


def _adaptive_entry(rank: int, word: str) -> Entry:
    mode = word.lower()

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        roles = image(arguments["data_format"], rank)
        return (Part(AdaptivePool(mode, arguments["output_size"]), (roles,)),)

    parameters = (Parameter("output_size", REQUIRED, sizes(rank)), _FORMAT)
    return Entry(f"Adaptive{word}Pooling{rank}D", parameters, parts)


def _global_entry(rank: int, word: str, short: str) -> Entry:
    mode = word.lower()

    def parts(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
        roles = image(arguments["data_format"], rank)
        return (Part(GlobalPool(mode, arguments["keepdims"]), (roles,)),)

    parameters = (_FORMAT, Parameter("keepdims", False, flag))
    return Entry(
        f"Global{word}Pooling{rank}D",
        parameters,
        parts,
        aliases=(f"Global{short}Pool{rank}D",),
        old=_OLD,
    )


_WORDS = (("Max", "Max"), ("Average", "Avg"))

ENTRIES = (
    *[_window_entry(rank, word, short) for rank in (1, 2, 3) for word, short in _WORDS],
    *[_adaptive_entry(rank, word) for rank in (1, 2, 3) for word, _ in _WORDS],
    *[_global_entry(rank, word, short) for rank in (1, 2, 3) for word, short in _WORDS],
)
