"""Elementwise functions of one tensor, as arithmetic writes them; activations are not here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from convwise.errors import RuleError
from convwise.graph.axes import DTYPE_BYTES, Tensor, tensor
from convwise.graph.dims import Dim
from convwise.graph.obligations import Must
from convwise.kinds.contract import IDENTITY, Example, Kept, Operands, Weightless
from convwise.kinds.element_types import BOOL, is_float, real, with_number

_NONE: frozenset[str] = frozenset()
_IDENTITY = frozenset({IDENTITY})


class Function(NamedTuple):
    """What is known of a function: what its derivative needs, how many constants it takes.

    `neutral` is the constant with which it changes nothing. `dtype`: "" where values keep their
    type, "number" where a plain number joins in, "real" where whole numbers give fractions, or a
    type of its own.
    """

    needs: str = "input"
    constants: int = 0
    neutral: float | None = None
    dtype: str = ""


_NUMBER = "number"
_REAL = "real"

#: Every function by its canonical name; x is the value, c its constants.
FUNCTIONS: dict[str, Function] = {
    "abs": Function(),
    "square": Function(),
    "sign": Function(""),
    "floor": Function(""),
    "ceil": Function(""),
    "round": Function(""),
    "truncate": Function(""),
    "fraction": Function(""),
    "negative": Function(""),
    **{
        name: Function("output", dtype=_REAL)
        for name in ("sqrt", "rsqrt", "exp", "exp2", "expm1", "tan", "reciprocal")
    },
    **{
        name: Function(dtype=_REAL)
        for name in (
            *("log", "log1p", "log2", "log10", "sin", "cos", "arcsin", "arccos", "arctan"),
            *("sinh", "cosh", "arcsinh", "arccosh", "arctanh"),
            *("erf", "erfc", "erfinv", "lgamma", "digamma", "sinc", "logit"),
        )
    },
    "add": Function("", 1, 0.0, _NUMBER),  # x + c
    "scale": Function("", 1, 1.0, _NUMBER),  # x * c
    "power": Function("input", 1, 1.0, _NUMBER),  # x ** c
    "exponential": Function("output", 1, None, _NUMBER),  # c ** x
    "maximum": Function("input", 1, None, _NUMBER),  # max(x, c)
    "minimum": Function("input", 1, None, _NUMBER),  # min(x, c)
    "clip": Function("input", 2, None, _NUMBER),  # min(max(x, c0), c1)
    "modulo": Function("", 1, None, _NUMBER),  # x - c*floor(x/c)
    "floor_divide": Function("", 1, None, _NUMBER),  # floor(x/c)
    **{
        name: Function("", 1, None, BOOL)  # x == c and its like
        for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")
    },
    **{name: Function("", 0, None, BOOL) for name in ("logical_not", "isnan", "isinf", "isfinite")},
    "bitwise_not": Function(""),
}


@dataclass(frozen=True, slots=True)
class Unary(Weightless):
    """A function of every single value, one operation each; `constants` are plain numbers.

    Names and their constants are those of `FUNCTIONS`: x/255 is `scale` by 1/255, 1 - x is
    `negative` and `add`.
    """

    name: ClassVar[str] = "unary"
    summary: ClassVar[str] = "Applies one function of arithmetic to every value."

    function: str
    constants: tuple[float, ...] = ()

    @property
    def traits(self) -> frozenset[str]:
        neutral = FUNCTIONS[self.function].neutral
        return _IDENTITY if neutral is not None and self.constants == (neutral,) else _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        function = FUNCTIONS.get(self.function)
        if function is None:
            raise RuleError(
                f'there is no elementwise function named "{self.function}"',
                hint="it is one of " + ", ".join(FUNCTIONS),
            )
        if len(self.constants) != function.constants:
            raise RuleError(
                f"{self.function} takes {function.constants} constants, "
                f"{len(self.constants)} are given"
            )
        source = operands[0]
        dtype = self._dtype(function.dtype, source.dtype)
        return (source if dtype == source.dtype else source.cast(dtype),)

    def _dtype(self, rule: str, dtype: str) -> str:
        if rule == BOOL:
            return BOOL
        if rule == "" or is_float(dtype):
            return dtype
        if rule == _REAL:
            return real(dtype)
        for constant in self.constants:
            dtype = with_number(dtype, constant)
        return dtype

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        needs = FUNCTIONS[self.function].needs
        return (Kept(needs),) if needs else ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        image = (tensor((1, 5, 6, 4), ("batch", "height", "width", "channel")),)
        constants = (0.5, 2.0)
        every = [cls(name, constants[: known.constants]) for name, known in FUNCTIONS.items()]
        mask = (image[0].cast(BOOL),)
        floats = [kind for kind in every if kind.function != "bitwise_not"]
        return (
            *[Example(kind, image) for kind in (*floats, cls("add", (0.0,)))],
            Example(cls("bitwise_not"), mask),
            Example(cls("scale", (0.5,)), mask),
            Example(cls("add", (1.0,)), mask),
        )


@dataclass(frozen=True, slots=True)
class Cast(Weightless):
    """The same values in another element type."""

    name: ClassVar[str] = "cast"
    summary: ClassVar[str] = "Turns values into another element type."

    dtype: str

    @property
    def traits(self) -> frozenset[str]:
        return _NONE

    def outputs(self, operands: Operands, must: Must) -> tuple[Tensor, ...]:
        if self.dtype not in DTYPE_BYTES:
            raise RuleError(
                f'there is no element type named "{self.dtype}"',
                hint="it is one of " + ", ".join(DTYPE_BYTES),
            )
        return (operands[0].cast(self.dtype),)

    def elementwise_ops(self, operands: Operands, outputs: tuple[Tensor, ...]) -> Dim:
        return outputs[0].elements

    def kept(self, operands: Operands, outputs: tuple[Tensor, ...]) -> tuple[Kept, ...]:
        return ()

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        bytes_ = tensor((1, 5, 6, 3), ("batch", "height", "width", "channel"), "uint8")
        return (Example(cls("float32"), (bytes_,)),)
