"""What a Keras layer is, as data: names, parameters, old spellings, the kinds it stands for.

Must never hold the facts of one layer, and never read code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from convwise.dialects.python.parameters import Arguments, Inputs, Parameter, Part, Rewrite

Parts = Callable[[Arguments, Inputs], tuple[Part, ...]]


#: What every layer takes besides its own parameters.
COMMON: Final = frozenset(
    (
        "name",
        "trainable",
        "dtype",
        "autocast",
        "input_shape",
        "batch_input_shape",
        "batch_size",
        "input_dim",
        "input_length",
        "input_dtype",
        "weights",
        "activity_regularizer",
        "dynamic",
    )
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer of Keras.

    parameters: in positional order. old: spellings of Keras 1 and 2 for the same parameters.
    parts(arguments, inputs): the operations, each fed by the one before it.
    rewrite(name, args, kwargs): positional arguments of Keras 1 in today's form.
    agree(arguments): checks of parameters against each other. many: takes a list of tensors.
    activated: has an `activation` argument that comes after its parts.
    needs_input: whether the parts depend on the inputs' axes.
    takes(inputs, rest, keywords): the tensors of a call, in the order of the parts' inputs.
    gives(arguments, outputs): what a call returns, where that is not one tensor.
    inner: automatic names that layers inside of it take when it is first called.
    options(rest, keywords): what a call says besides tensors, added to the arguments for its parts.
    """

    name: str
    parameters: tuple[Parameter, ...]
    parts: Parts
    aliases: tuple[str, ...] = ()
    old: Mapping[str, str] | None = None
    rewrite: Rewrite | None = None
    agree: Callable[[Arguments], None] | None = None
    many: bool = False
    activated: bool = False
    needs_input: bool = False
    takes: Callable[[object, Sequence[object], Arguments], list[object]] | None = None
    gives: Callable[[Arguments, list[Any]], object] | None = None
    inner: tuple[str, ...] = ()
    options: Callable[[Sequence[object], Arguments], Arguments] | None = None

    @property
    def common(self) -> frozenset[str]:
        return COMMON
