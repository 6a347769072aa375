"""The modules of Python's library that a reading knows; makes no decision itself."""

from __future__ import annotations

from convwise.dialects.python.library_classes import (
    ABC,
    COLLECTIONS,
    COLLECTIONS_ABC,
    DATACLASSES,
    ENUM,
    TYPING,
)
from convwise.dialects.python.library_math import MATH, OPERATOR
from convwise.dialects.python.library_tools import COPY, FUNCTOOLS, ITERTOOLS
from convwise.dialects.python.values import Abstract

MODULES: dict[str, Abstract] = {
    "abc": ABC,
    "collections": COLLECTIONS,
    "collections.abc": COLLECTIONS_ABC,
    "copy": COPY,
    "dataclasses": DATACLASSES,
    "enum": ENUM,
    "functools": FUNCTOOLS,
    "itertools": ITERTOOLS,
    "math": MATH,
    "operator": OPERATOR,
    "typing": TYPING,
    "typing_extensions": TYPING,
}
