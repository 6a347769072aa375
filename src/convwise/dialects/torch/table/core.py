"""PyTorch's linear layers, embeddings and modules that only rearrange."""

from __future__ import annotations

from math import prod
from typing import Any

from convwise.dialects.python.checks import choice, flag, show
from convwise.dialects.python.parameters import (
    REQUIRED,
    Arguments,
    Inputs,
    Parameter,
    Part,
    free,
)
from convwise.dialects.torch.table.entry import Entry, Expected
from convwise.dialects.torch.table.forms import BIAS, STORED, count, number, optional, whole
from convwise.dialects.torch.table.views import row
from convwise.errors import RuleError
from convwise.graph.axes import BATCH, Tensor, tensor
from convwise.kinds.dense import Dense
from convwise.kinds.embedding import Embedding
from convwise.kinds.reduce import Reduce
from convwise.kinds.reshape import Reshape
from convwise.kinds.source import Unknown
from convwise.kinds.views import Flatten, Identity, Squeeze, Unsqueeze


def linear_parts(units: int, bias: bool, inputs: Inputs) -> tuple[Part, ...]:
    """A dense layer; a single example of features gets a batch of one for it."""
    dense = Part(Dense(units, bias))
    if inputs and inputs[0].rank == 1:
        return (Part(Unsqueeze(0, BATCH)), dense, Part(Squeeze((0,))))
    return (dense,)


def _linear(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return linear_parts(arguments["out_features"], arguments["bias"], inputs)


def _expects(arguments: Arguments) -> tuple[Expected, ...]:
    return (Expected("in_features", arguments["in_features"], -1, "features"),)


def _sees(arguments: Arguments) -> tuple[Tensor, ...]:
    return row(arguments["in_features"])


def _identity(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Identity()),)


def _anything(name: str, args: Any, kwargs: Arguments) -> tuple[list[Any], Arguments]:
    """nn.Identity takes whatever it is given."""
    return [], {}


def flatten_parts(start: int, end: int, inputs: Inputs) -> tuple[Part, ...]:
    """Merge the axes from `start` to `end`; the batch is one of them where PyTorch says so."""
    if inputs and not inputs[0].rank:
        return (Part(Unsqueeze(0)),)
    return (Part(Flatten(start, end)),)


def _flatten(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return flatten_parts(arguments["start_dim"], arguments["end_dim"], inputs)


def _new_sizes(value: Any, name: str) -> tuple[int, ...]:
    """Sizes of the new axes, one of them perhaps -1; pairs of a name and a size are named ones."""
    listed = list(value) if type(value) in (tuple, list) else []
    if listed and all(type(one) in (int, bool) for one in listed):
        return tuple([int(one) for one in listed])
    raise RuleError(
        f"{name} must be a tuple of integers, found {show(value)}",
        hint=f"such as {name}=(8, -1)",
    )


def unflatten_parts(place: int, sizes: tuple[int, ...], inputs: Inputs) -> tuple[Part, ...]:
    """Split one axis into several: the others stay as they are."""
    source = inputs[0]
    at = source.locate(place)
    size = source.axes[at].dim
    if -1 in sizes:
        known = prod([one for one in sizes if one != -1])
        sizes = tuple([size // known if one == -1 else one for one in sizes])  # type: ignore[misc]
    if type(size) is int and prod(sizes) != size:
        raise RuleError(
            f"unflattened_size={sizes} holds {prod(sizes)} values, the axis has {size}",
            hint="the product of the sizes must be the axis's size; -1 stands for what is left",
        )
    before, after = source.axes[:at], source.axes[at + 1 :]
    dims = (*[one.dim for one in before], *sizes, *[one.dim for one in after])
    roles = (*[one.role for one in before], *[None] * len(sizes), *[one.role for one in after])
    return (Part(Reshape(dims, roles, with_batch=True)),)


def _unflatten(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return unflatten_parts(arguments["dim"], arguments["unflattened_size"], inputs)


def _embedding(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    return (Part(Embedding(arguments["num_embeddings"], arguments["embedding_dim"])),)


def _sees_tokens(arguments: Arguments) -> tuple[Tensor, ...]:
    return (tensor((1, 1), (BATCH, "time"), "int64"),)


def _bags(arguments: Arguments, inputs: Inputs) -> tuple[Part, ...]:
    """Bags of one length: rows are looked up and joined; offsets make bags of other lengths."""
    tokens = inputs[0]
    if len(inputs) > 1 or tokens.rank != 2:
        return (Part(Unknown("EmbeddingBag with offsets or weights of samples")),)
    return (*_embedding(arguments, inputs), Part(Reduce(arguments["mode"], (-2,))))


def _agree_embedding(arguments: Arguments) -> None:
    place, rows = arguments["padding_idx"], arguments["num_embeddings"]
    if place is not None and not -rows <= place < rows:
        raise RuleError(
            f"padding_idx={place} is not one of the num_embeddings={rows} rows",
            hint=f"rows are counted from 0 to {rows - 1}",
        )


_ROWS = (
    Parameter("num_embeddings", REQUIRED, count),
    Parameter("embedding_dim", REQUIRED, count),
)
_PADDED = Parameter("padding_idx", None, optional(whole))
_LARGEST = (
    Parameter("max_norm", None, optional(number)),
    Parameter("norm_type", 2.0, number),
    Parameter("scale_grad_by_freq", False, flag),
)
_SPARSE = (Parameter("sparse", False, flag), *free("_weight"))

ENTRIES = (
    Entry(
        "Linear",
        (
            Parameter("in_features", REQUIRED, count),
            Parameter("out_features", REQUIRED, count),
            BIAS,
            *STORED,
        ),
        _linear,
        expects=_expects,
        sees=_sees,
    ),
    Entry("LazyLinear", (Parameter("out_features", REQUIRED, count), BIAS, *STORED), _linear),
    Entry("Identity", (), _identity, rewrite=_anything),
    Entry(
        "Flatten",
        (Parameter("start_dim", 1, whole), Parameter("end_dim", -1, whole)),
        _flatten,
    ),
    Entry(
        "Unflatten",
        (
            Parameter("dim", REQUIRED, whole),
            Parameter("unflattened_size", REQUIRED, _new_sizes),
        ),
        _unflatten,
    ),
    Entry(
        "Embedding",
        (*_ROWS, _PADDED, *_LARGEST, *_SPARSE, Parameter("_freeze", False, flag), *STORED),
        _embedding,
        agree=_agree_embedding,
        sees=_sees_tokens,
        integers=True,
        names={"table": "weight"},
    ),
    Entry(
        "EmbeddingBag",
        (
            *_ROWS,
            *_LARGEST,
            Parameter("mode", "mean", choice("sum", "mean", "max")),
            *_SPARSE,
            Parameter("include_last_offset", False, flag),
            _PADDED,
            *STORED,
        ),
        _bags,
        tensors=("input", "offsets", "per_sample_weights"),
        agree=_agree_embedding,
        sees=_sees_tokens,
        integers=True,
        names={"table": "weight"},
    ),
)
