"""The table of all builtin names; makes no decision itself."""

from __future__ import annotations

import builtins

from convwise.dialects.python.builtin_collections import COLLECTION_BUILTINS
from convwise.dialects.python.builtin_numbers import NUMBER_BUILTINS
from convwise.dialects.python.builtin_objects import OBJECT_BUILTINS
from convwise.dialects.python.values import BuiltinType

BUILTINS: dict[str, object] = {
    **{
        name: BuiltinType(name, (), None)
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    },
    **NUMBER_BUILTINS,
    **COLLECTION_BUILTINS,
    **OBJECT_BUILTINS,
}
