"""ATen's operations that rearrange, cut and join as the code reader's own functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.program.told import Told, UntranslatedError

Translate = Callable[[Told], object]

#: ATen's word for the end of an axis.
_END: Final = (1 << 63) - 1


def cut_of(told: Told) -> slice:
    """The range of slice.Tensor; what begins or ends with the axis is left out."""
    start, end, step = told.get("start", 0), told.get("end"), told.get("step", 1)
    if type(end) is int and end >= _END:
        end = None
    if type(start) is int and start == 0:
        start = None
    return slice(start, end, None if step == 1 else step)


def _slice(told: Told) -> object:
    return told.part(told.tensor(), (*_before(told), cut_of(told)))


def _select(told: Told) -> object:
    return told.part(told.tensor(), (*_before(told), told.get("index")))


def _before(told: Told) -> list[object]:
    """Whole axes in front of the one that is meant."""
    dim = told.get("dim", 0)
    rank = told.tensor().rank
    return [slice(None)] * (dim % rank if rank else 0)


def _index(told: Told) -> object:
    """index.Tensor: None stands for a whole axis."""
    found = [slice(None) if one is None else one for one in told.get("indices", [])]
    return told.part(told.tensor(), tuple(found))


def _whole(told: Told) -> object:
    """What copies values, or moves them: for a parameter it is still the parameter."""
    value = told.given.get("self")
    if type(value) is Weight:
        return value
    return told.as_operation("clone", told.tensor())


def _to(told: Told) -> object:
    dtype = told.get("dtype")
    if dtype is None:
        if told.given.get("other") is not None:
            return told.as_operation("type_as", told.tensor(), told.tensor("other"))
        return _whole(told)
    value = told.given.get("self")
    if type(value) is Weight and value.dtype == dtype:
        return value
    return told.as_operation("to", told.tensor(), dtype)


def _copied(told: Told) -> object:
    """Other values in the same shape: what was there is gone."""
    values, target = told.tensor("src"), told.tensor()
    if values.dims == target.dims:
        return told.as_operation("clone", values)
    return told.as_operation("expand_as", values, target)


def _joined(name: str) -> Translate:
    def translate(told: Told) -> object:
        return told.as_operation(name, told.get("tensors"), told.get("dim", 0))

    return translate


def _split(told: Told) -> object:
    sizes = told.get("split_size", told.get("split_sizes"))
    return told.as_operation("split", told.tensor(), sizes, told.get("dim", 0))


def _flatten(told: Told) -> object:
    if told.overload not in ("using_ints", "default", ""):
        raise UntranslatedError("flatten by names")
    start, end = told.get("start_dim", 0), told.get("end_dim", -1)
    return told.as_operation("flatten", told.tensor(), start, end)


def _squeeze(told: Told) -> object:
    dims: Any = told.given.get("dim")
    given = [] if dims is None else [tuple(dims) if type(dims) is list else dims]
    return told.as_operation("squeeze", told.tensor(), *given)


def _turned(told: Told) -> object:
    return told.as_operation("permute", told.tensor(), *range(told.rank())[::-1])


OPERATIONS: Final[dict[str, Translate]] = {
    "slice": _slice,
    "slice_copy": _slice,
    "select": _select,
    "select_copy": _select,
    "index": _index,
    "_unsafe_index": _index,
    **dict.fromkeys(
        ("clone", "alias", "detach", "detach_", "lift_fresh", "lift_fresh_copy"), _whole
    ),
    **dict.fromkeys(("contiguous", "alias_copy", "_conj_physical"), _whole),
    "copy": _copied,
    "to": _to,
    "_to_copy": _to,
    "cat": _joined("cat"),
    "concat": _joined("cat"),
    "stack": _joined("stack"),
    "split": _split,
    "split_with_sizes": _split,
    "split_copy": _split,
    "split_with_sizes_copy": _split,
    "flatten": _flatten,
    "squeeze": _squeeze,
    "numpy_T": _turned,
}
