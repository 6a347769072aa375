"""Functions on tensors that functional models list among their layers: Add, GetItem, tf.nn.relu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.keras import operations
from convwise.dialects.keras.blocks import flat
from convwise.dialects.keras.configured.values import Config, inner, plain
from convwise.dialects.keras.naming import snake_case
from convwise.dialects.keras.rows import Operation, unknown_operation
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.values import At

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

#: Classes of tf.keras 2 around a function of TensorFlow.
_OF_TENSORFLOW: Final = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")
#: What a configuration holds besides the function's own arguments.
_NO_ARGUMENT: Final = ("name", "trainable", "dtype", "function")
#: Names of functions that are spelled otherwise in configurations.
_NAMES: Final = {"newshape": "shape"}
_HERE: Final = At(0)


def is_operation(entry: Config) -> bool:
    """Whether an entry of a functional model is a function, not a layer."""
    module = entry.get("module")
    if entry["class_name"] in _OF_TENSORFLOW:
        return True
    if module is None:
        # HDF5 files leave the module out; what is a layer says whether it learns.
        calls = entry.get("inbound_nodes")
        new = type(calls) is list and calls and type(calls[0]) is dict
        return bool(new) and "trainable" not in inner(entry)
    return type(module) is str and ".ops" in f"{module}." and "layers" not in module


def operated(
    context: Context, entry: Config, name: str, args: list[Any], kwargs: dict[str, Any]
) -> object:
    """What the function gives; its row has the name that the model gives it."""
    function = _function(entry)
    given = {
        _NAMES.get(key, key): plain(value)
        for key, value in inner(entry).items()
        if key not in _NO_ARGUMENT and value is not None
    }
    if entry["class_name"] == "SlicingOpLambda" or function == "get_item":
        made = _sliced(context, args, kwargs)
    elif function in _OPERATORS and len(args) == 2 and Symbol in (type(args[0]), type(args[1])):
        made = _combined(function, args)
    elif operations.is_operation(function):
        made = operations.run(context, function, args, {**given, **kwargs}, _HERE)
    else:
        made = unknown_operation(context, function, _symbols(args, kwargs), _HERE)
    _rename(context, made, name)
    return made


_OPERATORS: Final = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "true_divide": "/",
    "power": "**",
}


def _combined(function: str, args: list[Any]) -> object:
    op = _OPERATORS[function]
    if type(args[0]) is Symbol:
        return args[0].binary(op, args[1], False, _HERE)
    return args[1].binary(op, args[0], True, _HERE)


def _function(entry: Config) -> str:
    """The function's name in keras.ops: GetItem is get_item; "nn.relu" of tf is relu."""
    if entry["class_name"] in _OF_TENSORFLOW:
        found = inner(entry).get("function")
        named = found.rpartition(".")[2] if type(found) is str else "a function of TensorFlow"
        return {"__operators__.add": "add", "subtract": "subtract"}.get(named, named)
    return snake_case(entry["class_name"])


def _sliced(context: Context, args: list[Any], kwargs: dict[str, Any]) -> object:
    """`x[index]`."""
    index = args[1] if len(args) > 1 else kwargs.get("slice_spec", kwargs.get("key"))
    if not args or type(args[0]) is not Symbol:
        return unknown_operation(context, "getitem", _symbols(args, kwargs), _HERE)
    return args[0].item(_index(index), _HERE)


def _index(value: Any) -> Any:
    """A list of slices is a tuple; tf.keras 2 writes slices as pairs."""
    if type(value) in (list, tuple):
        return tuple([_index(one) for one in value])
    if type(value) is dict and "start" in value:
        return slice(value.get("start"), value.get("stop"), value.get("step"))
    return value


def _symbols(args: list[Any], kwargs: dict[str, Any]) -> list[Symbol]:
    found = flat([*args, *kwargs.values()])
    return [one for one in found if type(one) is Symbol]


def _rename(context: Context, made: object, name: str) -> None:
    """The rows that were just made take the name of the configuration."""
    for one in flat(made):
        if type(one) is not Symbol or one.pending is not None:
            continue
        row = context.recording.steps[one.value().node].row
        owner = context.owners.get(row)
        if type(owner) is Operation and owner.name != name:
            owner.rename(name)
            context.recording.rename(row, name)
