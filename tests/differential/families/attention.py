"""Random attention layers and EinsumDense."""

from __future__ import annotations

from typing import Any

from tests.differential.cases import Draft, Parameter, Recipe, Shape
from tests.differential.draws import ACTIVITY, NAME, one_of, weight_options
from tests.differential.families.convolution import USE_BIAS

# PyTorch attends in one element type only, and multiply-adds are counted in float32.
DTYPE = Parameter("dtype", one_of("float32"), neutral=True)
COMMON = (NAME, Parameter("trainable", one_of(False)), DTYPE)
SCALE = Parameter("use_scale", lambda draft: draft.recipe.layer == "Attention")
DROPOUT = Parameter("dropout", one_of(0.1, 0.5), neutral=True)
WEIGHTS = (*weight_options("kernel", "bias"), ACTIVITY)


def listed(draft: Draft) -> tuple[Shape, ...]:
    """A query, a value and, at times, a key."""
    queries, keys, features, values = (draft.rng.randint(1, 7) for _ in range(4))
    if draft.chance(0.5):
        return (queries, features), (keys, features)
    return (queries, features), (keys, values), (keys, features)


# A sum over one value is no matrix product to PyTorch, which counts nothing for it: sizes from 2.
def called(draft: Draft) -> tuple[Shape, ...]:
    """A query, a value and, at times, a key, of more than one axis between batch and features."""
    named = draft.get("attention_axes")
    several = draft.recipe.layer == "MultiHeadAttention" and draft.chance(0.4)
    several = several and draft.get("sliding_window") is None
    rank = 2 if several or named is not None else 1
    queries = [draft.rng.randint(2, 5) for _ in range(rank)]
    keys = [draft.rng.randint(2, 5) for _ in range(rank)]
    for axis in range(1, rank + 1):
        if named is not None and axis not in ((named,) if type(named) is int else named):
            keys[axis - 1] = queries[axis - 1]
    features = draft.rng.randint(2, 7)
    equal = draft.recipe.layer == "GroupQueryAttention" and not draft.breaks(0.3)
    shapes = [(*queries, features), (*keys, features if equal else draft.rng.randint(2, 7))]
    if draft.chance(0.4):
        wrong = keys[0] + 1 if draft.breaks() else keys[0]
        shapes.append((wrong, *keys[1:], draft.rng.randint(2, 7)))
    return tuple(shapes)


def size(draft: Draft) -> int:
    return 0 if draft.breaks(0.1) else draft.rng.randint(2, 6)


def output(draft: Draft) -> Any:
    return draft.rng.choice((5, (4,), (2, 3)))


def heads(draft: Draft) -> int:
    groups = draft.get("num_key_value_heads")
    return int(groups * draft.rng.randint(1, 3) + draft.breaks(0.3))


#: Equations, the letters of the input's axes, and of biases. Keras states more than two axes behind
#: leading dots in another order than it computes them: they are left out.
EQUATIONS = (
    ("abc,cd->abd", "abc", ("d", "bd", "b")),
    ("abc,cde->abde", "abc", ("de", "e", "d")),
    ("abc,bd->adc", "abc", ("d", "dc")),
    ("abcd,cde->abe", "abcd", ("e", "be")),
    ("ab,bc->ac", "ab", ("c",)),
    ("...c,cd->...d", "abc", ("d",)),
    ("ab...,bc->ac...", "abef", ("c",)),
)


def equation(draft: Draft) -> str:
    return str(draft.values["equation"])


def einsum_input(draft: Draft) -> tuple[Shape, ...]:
    """The input of one equation; what else it says is decided here too."""
    text, letters, biases = draft.rng.choice(EQUATIONS)
    sizes = {letter: draft.rng.randint(2, 6) for letter in "bcdef"}
    out = text.partition("->")[2]
    shown = out[1:] if not out.startswith(".") else out
    asked = tuple(sizes[letter] for letter in shown.replace(".", ""))
    draft.values["equation"] = text
    draft.values["output_shape"] = asked
    draft.values["bias_axes"] = "z" if draft.breaks(0.3) else draft.rng.choice(biases)
    return (tuple(sizes[letter] for letter in letters[1:]),)


def decided(name: str) -> Any:
    return lambda draft: draft.values[name]


def width(draft: Draft) -> int | None:
    """How far a query looks; Keras cannot call a layer that also has several axes."""
    axes = draft.get("attention_axes")
    return None if axes is not None else draft.rng.choice((2, 3))


def projected(layer: str, *own: Parameter) -> Recipe:
    gate = Parameter("use_gate", one_of(True))
    window = Parameter("sliding_window", width, neutral=True)
    flash = Parameter("flash_attention", one_of(False), neutral=True)
    seed = Parameter("seed", lambda draft: draft.rng.randint(0, 99), neutral=True)
    parameters = (*own, DROPOUT, USE_BIAS, window, flash, *WEIGHTS, gate, seed, *COMMON)
    return Recipe(layer, "attention", called, parameters, 2.0)


def recipes() -> list[Recipe]:
    mode = Parameter("score_mode", one_of("concat"))
    seed = Parameter("seed", lambda draft: draft.rng.randint(0, 99), neutral=True)
    multi = (
        Parameter("num_heads", size, required=True),
        Parameter("key_dim", size, required=True),
        Parameter("value_dim", size),
        Parameter("output_shape", output),
        Parameter("attention_axes", one_of(1, 2, (1,), (2,), (1, 2))),
    )
    grouped = (
        Parameter("head_dim", size, required=True),
        Parameter("num_query_heads", heads, required=True),
        Parameter("num_key_value_heads", lambda draft: draft.rng.randint(1, 3), required=True),
    )
    einsum = (
        Parameter("equation", equation, required=True),
        Parameter("output_shape", decided("output_shape"), required=True),
        Parameter("activation", one_of("relu", "softmax")),
        Parameter("bias_axes", decided("bias_axes")),
        *weight_options("kernel", "bias"),
    )
    return [
        Recipe("Attention", "attention", listed, (SCALE, mode, DROPOUT, seed, *COMMON), 2.0),
        Recipe("AdditiveAttention", "attention", listed, (SCALE, DROPOUT, *COMMON), 2.0),
        projected("MultiHeadAttention", *multi),
        projected("GroupQueryAttention", *grouped),
        Recipe("EinsumDense", "einsum", einsum_input, (*einsum, *COMMON), 2.0),
    ]
