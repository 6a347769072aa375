"""ATen's arithmetic and reductions that have another form than the code reader's functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from convwise.dialects.torch.program.told import Told, UntranslatedError

Translate = Callable[[Told], object]


def _reversed_difference(told: Told) -> object:
    if told.get("alpha", 1) != 1:
        raise UntranslatedError("rsub with a factor")
    return told.as_operation("sub", told.get("other"), told.tensor())


def _power(told: Told) -> object:
    base = told.get("self")
    return told.as_operation("pow", base, told.get("exponent"))


def _extreme(name: str) -> Translate:
    """max.default, max.dim, max.other."""

    def translate(told: Told) -> object:
        if told.given.get("other") is not None:
            return told.as_operation(f"{name}imum", told.tensor(), told.get("other"))
        if told.given.get("dim") is None:
            return told.as_operation(name, told.tensor())
        return told.as_operation(name, told.tensor(), told.get("dim"), told.get("keepdim", False))

    return translate


def _spread(name: str) -> Translate:
    """var and std: with a correction, or unbiased."""

    def translate(told: Told) -> object:
        given: dict[str, Any] = {}
        for key in ("dim", "unbiased", "correction", "keepdim"):
            value = told.given.get(key)
            if value is not None and value != []:
                given[key] = value
        return told.as_operation(name, told.tensor(), **given)

    return translate


def _scalar(told: Told) -> object:
    return told.as_operation("tensor", told.get("s", 0))


def _product(told: Told) -> object:
    return told.as_operation("matmul", told.tensor(), told.get("mat2", told.get("other")))


def _einsum(told: Told) -> object:
    return told.as_operation("einsum", told.get("equation"), *told.get("tensors", []))


def _mask(told: Told) -> object:
    return told.as_operation("masked_fill", told.tensor(), told.get("mask"), told.get("value"))


OPERATIONS: Final[dict[str, Translate]] = {
    "rsub": _reversed_difference,
    "pow": _power,
    "max": _extreme("max"),
    "min": _extreme("min"),
    **{name: _spread(name) for name in ("var", "std", "var_mean", "std_mean")},
    "scalar_tensor": _scalar,
    "mm": _product,
    "bmm": _product,
    "matmul": _product,
    "einsum": _einsum,
    "masked_fill": _mask,
    "masked_fill_": _mask,
}
