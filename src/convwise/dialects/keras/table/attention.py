"""Keras's attention layers and EinsumDense."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras.attending import (
    listed,
    options_of_listed,
    options_of_projected,
    projected,
    with_scores,
)
from convwise.dialects.keras.table.entry import Entry
from convwise.dialects.python.checks import axes, choice, flag, optional, positive, rate, show
from convwise.dialects.python.parameters import REQUIRED, Arguments, Inputs, Parameter, Part, free
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, FEATURE, Tensor, describe
from convwise.graph.dims import Dim
from convwise.kinds.attention import Attention
from convwise.kinds.einsum_dense import EinsumDense
from convwise.kinds.einsum_equation import ELLIPSIS
from convwise.kinds.multi_head import MultiHeadAttention
from convwise.kinds.source import Unknown

TEXT: Final = (BATCH, "time", FEATURE)


def _shape(value: Any, name: str) -> tuple[int, ...]:
    found = (value,) if type(value) is int else value
    if type(found) in (tuple, list) and found and all(type(one) is int for one in found):
        return tuple(found)
    raise RuleError(
        f"{name} must be an integer or a tuple of integers, found {show(value)}",
        hint=f"such as {name}=64, the features that come out",
    )


def _multi_head(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    kind = MultiHeadAttention(
        arguments["num_heads"],
        arguments["key_dim"],
        arguments["value_dim"],
        arguments["output_shape"],
        arguments["use_bias"],
        axes=arguments["attention_axes"] or (),
        **_shared(arguments),
    )
    return (Part(kind),)


def _shared(arguments: Arguments) -> Arguments:
    """What the constructor and the call say to layers with projections."""
    return {
        "gated": arguments["use_gate"],
        "window": arguments["sliding_window"],
        "dropout": arguments["dropout"],
        "causal": arguments.get("use_causal_mask", False),
        "returns_weights": "heads" if arguments.get("return_attention_scores") else None,
    }


def _grouped(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    query, value = (inputs[place].axes[-1].dim for place in (0, 2))
    if query != value:
        raise RuleError(
            f"queries have {query} features and values have {value}",
            hint="grouped queries need as many of both: a dense layer makes them agree",
        )
    kind = MultiHeadAttention(
        arguments["num_query_heads"],
        arguments["head_dim"],
        bias=arguments["use_bias"],
        groups=arguments["num_key_value_heads"],
        **_shared(arguments),
    )
    return (Part(kind, (TEXT, TEXT, TEXT)),)


#: (score mode, use_scale) -> the kind's scores and learned numbers.
_SCORES: Final[dict[tuple[str, bool], tuple[str, str | None]]] = {
    ("dot", False): ("dot", None),
    ("dot", True): ("dot", "scalar"),
    ("concat", False): ("additive", "factor"),
    ("concat", True): ("additive", "scalar and factor"),
    ("additive", False): ("additive", None),
    ("additive", True): ("additive", "vector"),
}


def _attention(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    mode = arguments.get("score_mode", "additive")
    scores, learned = _SCORES[mode, arguments["use_scale"]]
    kind = Attention(
        causal=arguments.get("use_causal_mask", False),
        scale=1.0,
        dropout=arguments["dropout"],
        scores=scores,
        learned=learned,
        returns_weights=bool(arguments.get("return_attention_scores")),
    )
    return (Part(kind),)


def _equation(value: Any, name: str) -> str:
    if type(value) is str:
        return value.replace(" ", "")
    raise RuleError(f'{name} must be such as "abc,cd->abd", found {show(value)}')


def _partial(value: Any, name: str) -> tuple[int | None, ...]:
    found = (value,) if type(value) is int else value
    fits = type(found) in (tuple, list) and all(one is None or type(one) is int for one in found)
    if fits:
        return tuple(found)
    raise RuleError(
        f"{name} must be a tuple of integers without the batch, found {show(value)}",
        hint=f"such as {name}=(None, 64); None where the input says the size",
    )


def _letters(value: Any, name: str) -> str:
    if type(value) is str:
        return value
    raise RuleError(f"{name} must be letters of the output, found {show(value)}")


def _einsum(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    if arguments["lora_rank"]:
        return (Part(Unknown("EinsumDense with lora_rank")),)
    equation = arguments["equation"]
    sizes = _own_sizes(equation, inputs[0], arguments["output_shape"])
    return (Part(EinsumDense(equation, sizes, arguments["bias_axes"] or "")),)


def _own_sizes(
    equation: str, source: Tensor, shape: tuple[int | None, ...]
) -> tuple[tuple[str, int], ...]:
    """The sizes of the kernel's own axes, which Keras takes from the output's shape."""
    terms, arrow, output = equation.partition("->")
    given, comma, kernel = terms.partition(",")
    letters = given.replace(ELLIPSIS, "")
    plain = kernel.isalpha() and output.replace(ELLIPSIS, "").isalpha() and letters.isalpha()
    where = [term.startswith(ELLIPSIS) for term in (given, output)]
    dotted = [ELLIPSIS in term for term in (given, output)]
    if not plain or not comma or not arrow or len(set(where)) > 1 or len(set(dotted)) > 1:
        raise RuleError(
            f'"{equation}" is no equation of an input, a kernel and an output',
            hint='such as "abc,cd->abd", "...c,cd->...d" or "ab...,bc->ac..."',
        )
    sizes = _output_sizes(source, len(letters), shape, where[0])
    places = {one: place for place, one in enumerate(output.replace(ELLIPSIS, ""))}
    shift = source.rank - len(letters) if where[0] else 0
    known = dict(zip(letters, source.shape[shift : shift + len(letters)], strict=False))
    found = []
    for letter in dict.fromkeys((*letters, *kernel)):
        place = places.get(letter)
        said = sizes[place + shift] if place is not None and place + shift < len(sizes) else None
        if letter not in known and type(said) is int:
            found.append((letter, said))
        elif letter in known and said is not None and said != known[letter]:
            raise RuleError(
                f"output_shape says {said} for {letter}, the input {describe(source)} has "
                f"{known[letter]}",
                hint="write None where the input says the size",
            )
    return tuple(found)


def _output_sizes(
    source: Tensor, named: int, shape: tuple[int | None, ...], leading: bool
) -> list[Dim | None]:
    """The whole output as Keras completes it: the batch, and what the dots stand for."""
    hidden = max(source.rank - named, 0)
    sizes: list[Dim | None] = [source.shape[0] if source.rank else None]
    if leading:
        return [*sizes, *source.shape[1:hidden], *shape]
    return [*sizes, *shape, *source.shape[source.rank - hidden :]]


_OPTIONS = free(
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
)
#: Layers that the softmax and its dropout are to Keras.
_INNER = ("softmax", "dropout")
_WINDOW = (Parameter("sliding_window", None, optional(positive)), *free("flash_attention"))
_GATE = (Parameter("use_gate", False, flag), *free("seed"))
_DROPOUT = Parameter("dropout", 0.0, rate)
_BIAS = Parameter("use_bias", True, flag)

ENTRIES = (
    Entry(
        "MultiHeadAttention",
        (
            Parameter("num_heads", REQUIRED, positive),
            Parameter("key_dim", REQUIRED, positive),
            Parameter("value_dim", None, optional(positive)),
            _DROPOUT,
            _BIAS,
            Parameter("output_shape", None, optional(_shape)),
            Parameter("attention_axes", None, optional(axes)),
            *_WINDOW,
            *_OPTIONS,
            *_GATE,
        ),
        _multi_head,
        takes=projected,
        gives=with_scores,
        options=options_of_projected,
        inner=_INNER,
    ),
    Entry(
        "GroupQueryAttention",
        (
            Parameter("head_dim", REQUIRED, positive),
            Parameter("num_query_heads", REQUIRED, positive),
            Parameter("num_key_value_heads", REQUIRED, positive),
            _DROPOUT,
            _BIAS,
            *_WINDOW,
            *_OPTIONS,
            *_GATE,
        ),
        _grouped,
        needs_input=True,
        aliases=("GroupedQueryAttention",),
        takes=projected,
        gives=with_scores,
        options=options_of_projected,
        inner=_INNER,
    ),
    Entry(
        "Attention",
        (
            Parameter("use_scale", False, flag),
            Parameter("score_mode", "dot", choice("dot", "concat")),
            _DROPOUT,
            *free("seed"),
        ),
        _attention,
        takes=listed,
        gives=with_scores,
        options=options_of_listed,
    ),
    Entry(
        "AdditiveAttention",
        (Parameter("use_scale", True, flag), _DROPOUT),
        _attention,
        takes=listed,
        gives=with_scores,
        options=options_of_listed,
    ),
    Entry(
        "EinsumDense",
        (
            Parameter("equation", REQUIRED, _equation),
            Parameter("output_shape", REQUIRED, _partial),
            Parameter("activation"),
            Parameter("bias_axes", None, optional(_letters)),
            *free(
                "kernel_initializer",
                "bias_initializer",
                "kernel_regularizer",
                "bias_regularizer",
                "kernel_constraint",
                "bias_constraint",
            ),
            Parameter("lora_rank", None, optional(positive)),
            *free("lora_alpha", "gptq_unpacked_column_size", "quantization_config"),
        ),
        _einsum,
        activated=True,
        needs_input=True,
    ),
)
