"""The merge layers as functions: add, concatenate, dot, and Keras 1's merge(mode=...)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.keras.layers import LayerClass
from convwise.dialects.keras.table import index
from convwise.dialects.keras.table.merging import MODES
from convwise.dialects.python.checks import choice
from convwise.dialects.python.values import At
from convwise.errors import RuleError

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

#: Functions of keras.layers -> the layer they make and call.
LOWERCASE: Final[dict[str, str]] = {
    "add": "Add",
    "subtract": "Subtract",
    "multiply": "Multiply",
    "average": "Average",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "concatenate": "Concatenate",
    "dot": "Dot",
}


def lowercase(name: str) -> Callable[..., object]:
    """`add(inputs, ...)`: makes the layer and calls it."""
    if name == "merge":
        return _merge
    if name == "Merge":
        return _merge_layer

    def called(context: Context, args: list[object], kwargs: dict[str, Any], at: At) -> object:
        kwargs = dict(kwargs)
        inputs = args[0] if args else kwargs.pop("inputs", None)
        return _layer(context, LOWERCASE[name], args[1:], kwargs, at).call([inputs], {}, at)

    return called


def _layer(context: Context, title: str, args: list[object], kwargs: dict[str, Any], at: At) -> Any:
    entry = index.find(title)
    assert entry is not None
    return LayerClass(context, entry, title).make(title, args, kwargs, at)


def _old_layer(context: Context, mode: object, kwargs: dict[str, Any], at: At) -> Any:
    """The layer that `merge(mode=...)` means today."""
    if type(mode) is not str:
        raise RuleError("merge needs a mode", line=at.line, hint="such as mode='concat'")
    title = MODES[choice(*MODES)(mode, "mode")]
    context.note_old(("mode",), at.line)
    kept = {key: value for key, value in kwargs.items() if key == "name"}
    if title == "Concatenate":
        kept["axis"] = kwargs.get("concat_axis", -1)
    if title == "Dot":
        kept["axes"] = kwargs.get("dot_axes", -1)
        kept["normalize"] = mode == "cos"
    return _layer(context, title, [], kept, at)


def _merge(context: Context, args: list[object], kwargs: dict[str, Any], at: At) -> object:
    kwargs = dict(kwargs)
    inputs = args[0] if args else kwargs.pop("inputs", None)
    mode = args[1] if len(args) > 1 else kwargs.pop("mode", "sum")
    return _old_layer(context, mode, kwargs, at).call([inputs], {}, at)


def _merge_layer(context: Context, args: list[object], kwargs: dict[str, Any], at: At) -> object:
    """`Merge([left, right], mode=...)`: the branches become the inputs of the Sequential."""
    from convwise.dialects.keras.branches import Branches

    kwargs = dict(kwargs)
    models = args[0] if args else kwargs.pop("layers", None)
    mode = args[1] if len(args) > 1 else kwargs.pop("mode", "sum")
    layer = _old_layer(context, mode, kwargs, at)
    return layer if models is None else Branches(context, layer, models, at)
