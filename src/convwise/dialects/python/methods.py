"""The table of all methods of plain values, by type; makes no decision itself."""

from __future__ import annotations

from collections.abc import Callable

from convwise.dialects.python.collection_methods import (
    DICT_METHODS,
    LAZY_METHODS,
    LIST_METHODS,
    SET_METHODS,
    TUPLE_METHODS,
)
from convwise.dialects.python.text_methods import (
    BYTES_METHODS,
    FLOAT_METHODS,
    INT_METHODS,
    STR_METHODS,
)
from convwise.dialects.python.values import Lazy

METHODS: dict[type, dict[str, Callable[..., object]]] = {
    str: STR_METHODS,
    bytes: BYTES_METHODS,
    int: INT_METHODS,
    bool: INT_METHODS,
    float: FLOAT_METHODS,
    list: LIST_METHODS,
    tuple: TUPLE_METHODS,
    dict: DICT_METHODS,
    set: SET_METHODS,
    frozenset: SET_METHODS,
    Lazy: LAZY_METHODS,
    # The batch, whose size is not known: see INT_METHODS.
    type(None): {"value": lambda value: None},
    slice: {name: (lambda value, n=name: _BOUNDS[n](value)) for name in ("start", "stop", "step")},
}
_BOUNDS: dict[str, Callable[[slice], object]] = {
    "start": lambda value: value.start,
    "stop": lambda value: value.stop,
    "step": lambda value: value.step,
}
METHODS[range] = METHODS[slice]
