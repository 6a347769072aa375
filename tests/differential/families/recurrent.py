"""Random recurrent layers, the cells they run, and the layers around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe, Shape, Source
from tests.differential.draws import (
    ACTIVITY,
    DATA_FORMAT,
    NAME,
    a_float,
    one_of,
    per_axis,
    spell,
    weight_options,
)
from tests.differential.families.convolution import USE_BIAS

# PyTorch cannot make orthogonal weights, which states start from, in bfloat16.
DTYPE = Parameter("dtype", one_of("float64", "mixed_float16"), neutral=True)
COMMON = (NAME, Parameter("trainable", one_of(False)), DTYPE)
TANH = Parameter("activation", one_of("relu", "linear", "sigmoid", "gelu"))
GATE = Parameter("recurrent_activation", one_of("hard_sigmoid", "tanh"))
SEQUENCES = Parameter("return_sequences", one_of(True))
BACKWARDS = Parameter("go_backwards", one_of(True), neutral=True)
UNROLL = Parameter("unroll", one_of(True), neutral=True)
RATES = (
    Parameter("dropout", a_float(0.1, 0.5), neutral=True),
    Parameter("recurrent_dropout", a_float(0.1, 0.5), neutral=True),
)
RUN = (SEQUENCES, BACKWARDS)
WEIGHTS = weight_options("kernel", "recurrent", "bias")


def units(draft: Draft) -> int:
    return draft.rng.choice((0, -2)) if draft.breaks(0.3) else draft.rng.randint(1, 7)


def sequence(draft: Draft) -> tuple[Shape, ...]:
    shape = (draft.rng.randint(1, 8), draft.rng.randint(1, 6))
    # RNN itself takes any number of axes, and states of another shape than it says come out.
    strict = draft.recipe.layer != "RNN"
    return ((*shape, 2) if strict and draft.breaks(0.2) else shape,)


UNITS = Parameter("units", units, required=True)


def layer(name: str, *own: Parameter) -> Recipe:
    parameters = (UNITS, TANH, *own, USE_BIAS, *WEIGHTS, ACTIVITY, *RATES, *RUN, UNROLL)
    return Recipe(name, "recurrent", sequence, (*parameters, *COMMON))


def inner(draft: Draft) -> str:
    """A recurrent layer as text, for a wrapper."""
    name = draft.rng.choice(("LSTM", "GRU", "SimpleRNN"))
    more = draft.rng.choice(("", ", return_sequences=True", ", use_bias=False"))
    return f"layers.{name}({draft.rng.randint(1, 6)}{more})"


def both_ways(draft: Draft) -> Source:
    return Source(inner(draft))


def backward(draft: Draft) -> Source:
    """The same layer, or one of another cell with as many units, in the other direction."""
    text = repr(draft.get("layer"))
    if draft.chance(0.5):
        text = f"layers.{draft.rng.choice(('LSTM', 'GRU'))}{text[text.index('(') :]}"
    way = "" if draft.breaks() else ", go_backwards=True"
    return Source(f"{text[:-1]}{way})")


def cell(draft: Draft) -> Source:
    cells = [
        f"layers.{draft.rng.choice(('LSTM', 'GRU', 'SimpleRNN'))}Cell({draft.rng.randint(1, 6)})"
        for _ in range(draft.rng.choice((1, 1, 2, 3)))
    ]
    if len(cells) == 1:
        return Source(cells[0])
    listed = f"[{', '.join(cells)}]"
    return Source(f"layers.StackedRNNCells({listed})" if draft.chance(0.5) else listed)


def steps(draft: Draft) -> tuple[Shape, ...]:
    """A sequence of what the inner layer takes."""
    text, rank = draft.rng.choice(
        (
            ("Dense(4)", 1),
            ("Dense(3, activation='relu')", 2),
            ("Conv2D(4, 2, strides=2)", 3),
            ("Conv2D(4, 3, padding='same', activation='relu')", 3),
            ("Conv1D(3, 2)", 2),
            ("MaxPooling2D(2)", 3),
            ("GlobalAveragePooling2D()", 3),
            ("GlobalMaxPooling1D()", 2),
            ("Flatten()", 3),
            ("BatchNormalization()", 3),
            ("LayerNormalization()", 2),
            ("Dropout(0.3)", 2),
            ("LSTM(4)", 2),
            ("LSTM(4, return_sequences=True)", 2),
            ("Reshape((-1, 1))", 2),
        )
    )
    draft.values["layer"] = Source(f"layers.{text}")
    rank = 0 if draft.breaks(0.3) else rank
    return (tuple(draft.rng.randint(2, 6) for _ in range(rank + 1)),)


def wrapped(draft: Draft) -> Any:
    return draft.values["layer"]


def film(rank: int) -> Callable[[Draft], tuple[Shape, ...]]:
    """A sequence of images with `rank` axes in space."""

    def draw(draft: Draft) -> tuple[Shape, ...]:
        spatial = tuple(draft.rng.randint(1, 7) for _ in range(rank))
        channel = (draft.rng.randint(1, 4),)
        image = channel + spatial if draft.channels_first else spatial + channel
        return ((draft.rng.randint(1, 4), *image),)

    return draw


def _space(draft: Draft) -> Shape:
    return draft.shape[2:] if draft.channels_first else draft.shape[1:-1]


def kernel_size(draft: Draft) -> Any:
    larger = 3 if draft.get("padding") == "same" or draft.breaks() else 0
    dilation = per_axis(draft.get("dilation_rate"), len(_space(draft)))
    pairs = zip(_space(draft), dilation, strict=True)
    most = [min((size - 1) // apart + 1 + larger, 4) for size, apart in pairs]
    return spell(draft, [draft.rng.randint(1, one) for one in most])


def strides(draft: Draft) -> Any:
    return spell(draft, [draft.rng.choice((1, 2, 3)) for _ in _space(draft)])


def dilation_rate(draft: Draft) -> Any:
    strided = "strides" in draft.chosen and not draft.breaks()
    return spell(draft, [1 if strided else draft.rng.choice((1, 2)) for _ in _space(draft)])


def convolutional(rank: int) -> Recipe:
    head = (
        Parameter("filters", units, required=True),
        Parameter("kernel_size", kernel_size, required=True),
        Parameter("strides", strides),
        Parameter("padding", one_of("same", "same", "valid")),
        DATA_FORMAT,
        Parameter("dilation_rate", dilation_rate),
    )
    forget = Parameter("unit_forget_bias", one_of(False), neutral=True)
    parameters = (*head, TANH, GATE, USE_BIAS, *WEIGHTS, forget, ACTIVITY, *RATES, *RUN, *COMMON)
    return Recipe(f"ConvLSTM{rank}D", "recurrent", film(rank), parameters)


def recipes() -> list[Recipe]:
    merge = Parameter("merge_mode", one_of("sum", "mul", "ave", "concat"))
    other = Parameter("backward_layer", backward)
    inside = Parameter("layer", both_ways, required=True)
    after = Parameter("reset_after", one_of(False))
    forget = Parameter("unit_forget_bias", one_of(False), neutral=True)
    run = Parameter("cell", cell, required=True)
    step = Parameter("layer", wrapped, required=True)
    fused = Parameter("use_cudnn", one_of(False), neutral=True)
    masked = Parameter("zero_output_for_mask", one_of(True), neutral=True)
    return [
        layer("SimpleRNN"),
        layer("LSTM", GATE, forget, fused),
        layer("GRU", GATE, after, fused),
        Recipe("RNN", "recurrent", sequence, (run, *RUN, UNROLL, masked, *COMMON), 2.0),
        Recipe("Bidirectional", "recurrent", sequence, (inside, merge, other, *COMMON), 3.0),
        Recipe("TimeDistributed", "recurrent", steps, (step, *COMMON), 4.0),
        *[convolutional(rank) for rank in (1, 2, 3)],
    ]
