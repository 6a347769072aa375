"""Functions of Keras that are neither layers nor operations: settings, sessions, utilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.keras.pretrained import PretrainedModel
from convwise.dialects.keras.table.formats import data_format
from convwise.dialects.python.arrays import Array
from convwise.dialects.python.functions import Inert
from convwise.dialects.python.values import At, Unknown

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context

Arguments = dict[str, Any]
Body = Callable[["Context", list[Any], Arguments, At], object]


def _set_format(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = args[0] if args else next(iter(kwargs.values()), None)
    found = data_format(given, "data_format")
    context.recording.data_format = found or "channels_last"
    return None


def _image_format(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    return context.recording.data_format


def _image_ordering(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    return "th" if context.recording.data_format == "channels_first" else "tf"


def _clear(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    context.recording.forget_names()
    return None


def _constant(value: object) -> Body:
    return lambda context, args, kwargs, at: value


def _categorical(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    labels = args[0] if args else kwargs.get("x", kwargs.get("y"))
    classes = args[1] if len(args) > 1 else kwargs.get("num_classes", kwargs.get("nb_classes"))
    rows = labels.shape[0] if type(labels) is Array and labels.shape else None
    return Array((rows, classes if type(classes) is int else None))


def _padded(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    """pad_sequences: as many rows, each of `maxlen`."""
    data = args[0] if args else kwargs.get("sequences")
    length = kwargs.get("maxlen", args[1] if len(args) > 1 else None)
    rows = data.shape[0] if type(data) is Array and data.shape else None
    return Array((rows, length if type(length) is int else None), None, "int32")


def _same(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    return args[0] if args else Unknown("a copy of a model", at.line)


def _loaded(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    return Unknown("a model that is loaded from a file", at.line)


def _policy(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    given = args[0] if args else next(iter(kwargs.values()), None)
    if type(given) is str and "float16" in given:
        context.note("mixed-precision", f"{given}: sizes in bytes are given for float32", at.line)
    return None


def _application(name: str) -> Body:
    def made(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
        return PretrainedModel(context, name, kwargs, at)

    return made


def _is_keras_tensor(context: Context, args: list[Any], kwargs: Arguments, at: At) -> object:
    from convwise.dialects.keras.symbols import Symbol

    return bool(args) and type(args[0]) is Symbol


HELPERS: Final[dict[str, Any]] = {
    "set_image_data_format": _set_format,
    "set_image_dim_ordering": _set_format,
    "image_data_format": _image_format,
    "image_dim_ordering": _image_ordering,
    "clear_session": _clear,
    "epsilon": _constant(1e-7),
    "floatx": _constant("float32"),
    "backend": _constant("tensorflow"),
    "learning_phase": _constant(0),
    "set_floatx": _constant(None),
    "set_epsilon": _constant(None),
    "to_categorical": _categorical,
    "pad_sequences": _padded,
    "clone_model": _same,
    "load_model": _loaded,
    "model_from_json": _loaded,
    "set_global_policy": _policy,
    "set_dtype_policy": _policy,
    "application": _application,
    "is_keras_tensor": _is_keras_tensor,
    "get_source_inputs": lambda context, args, kwargs, at: args,
    "SeedGenerator": lambda context, args, kwargs, at: Inert("SeedGenerator"),
}
