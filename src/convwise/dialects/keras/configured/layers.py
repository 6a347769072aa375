"""Layers as configurations describe them, made of the table; what it does not have is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from convwise.dialects.keras.blocks import Block, as_block, new_input
from convwise.dialects.keras.configured.applications import APPLICATIONS, OwnLayer
from convwise.dialects.keras.configured.values import Config, inner, is_object, plain
from convwise.dialects.keras.layers import UnknownLayer
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.table import index
from convwise.dialects.python.values import Abstract, At, Unknown
from convwise.errors import ReadError, UnknownNameError

if TYPE_CHECKING:
    from convwise.dialects.keras.context import Context
    from convwise.dialects.keras.namespaces import World

HERE: Final = At(0)
MODELS: Final = ("Functional", "Model", "Sequential")

#: What the configurations of wrappers hold besides what their constructors take.
_OWN: Final = ("layer", "backward_layer", "merge_mode", "cell", "cells", "name", "trainable")
_RECURRENT: Final = (
    "return_sequences",
    "return_state",
    "go_backwards",
    "stateful",
    "unroll",
    "zero_output_for_mask",
)


class Maker:
    """Makes layers of configurations in one reading; `models` makes the models inside."""

    def __init__(self, context: Context, world: World) -> None:
        self.context = context
        self.world = world
        self.depth = 0
        self.count = 0

    def input(self, config: Config) -> Symbol:
        """The tensor behind an InputLayer."""
        shape = config.get("batch_shape", config.get("batch_input_shape"))
        name = config.get("name")
        name = name if type(name) is str else None
        if type(shape) is not list or not shape or not all(_is_size(one) for one in shape):
            raise ReadError(
                f"the shape of the input {name or ''} must be sizes or null, found {shape!r:.60}",
                hint="save the model again with its framework",
            )
        if type(shape[0]) is int:
            self.context.recording.fixed_batch = shape[0]
        sizes = self.context.sizes_of(name, tuple(shape[1:]))
        dtype = plain(config.get("dtype"))
        return new_input(self.context, sizes, name, None, dtype)

    def layer(self, value: Any) -> Block:
        """The layer of a configuration. Raises ReadError for what is none, RuleError as Keras."""
        if not is_object(value):
            raise ReadError(
                f"a layer is described by its class and configuration, found {value!r:.60}",
                hint="save the model again with its framework",
            )
        class_name, config = value["class_name"], inner(value)
        if class_name == "InputLayer":
            layer = self.input(config).pending
            assert layer is not None
            return layer.layer  # type: ignore[no-any-return]
        if class_name in MODELS:
            from convwise.dialects.keras.configured.models import model_of

            return model_of(self, value)
        found = self._made(class_name, value, config)
        if config.get("trainable") is False:
            found.freeze(False)
        return found

    def _made(self, class_name: str, value: Config, config: Config) -> Block:
        if class_name in APPLICATIONS and str(value.get("module")).startswith("keras."):
            return OwnLayer(self.context, class_name, config)
        if not _of_keras(value):
            return self.unknown(class_name, config, f"the class {class_name} of the model's author")
        if class_name == "Lambda":
            return self.unknown(class_name, config, "the function of a Lambda")
        kwargs = self._arguments(class_name, config)
        try:
            made = self.world.layer(class_name, HERE)
        except UnknownNameError:
            # It is like one of Keras's, and is not.
            return self.unknown(class_name, config, f"the class {class_name}")
        found = as_block(made.call([], kwargs, HERE)) if isinstance(made, Abstract) else None
        if found is None:
            return self.unknown(class_name, config, class_name)
        return found

    def unknown(self, class_name: str, config: Config, what: str) -> Block:
        """A layer that is reported and never guessed."""
        return UnknownLayer(self.context, class_name, config.get("name"), None, what)

    def _arguments(self, class_name: str, config: Config) -> dict[str, Any]:
        """The constructor's arguments: of the configuration what it takes, layers made."""
        entry = index.find(class_name)
        if entry is None:
            kept = {key: config[key] for key in (*_OWN, *_RECURRENT) if config.get(key) is not None}
        else:
            known = {one.name for one in entry.parameters} | set(entry.old or ()) | entry.common
            kept = {key: one for key, one in config.items() if key in known}
        return {key: self._value(key, one) for key, one in kept.items()}

    def _value(self, key: str, value: Any) -> Any:
        if key in ("layer", "backward_layer", "cell"):
            return self._inside(value)
        if key == "cells" and type(value) is list:
            return [self._inside(one) for one in value]
        if key.endswith("activation") or key in ("activation", "function"):
            return self._activation(value)
        if key in ("dtype", "input_dtype"):
            found = plain(value)
            return found if type(found) is str else None
        return plain(value)

    def _inside(self, value: Any) -> Block:
        """A layer inside of another one."""
        self.depth += 1
        if self.depth > 60:
            raise ReadError("layers are in each other too deeply", hint="save the model again")
        try:
            return self.layer(value)
        finally:
            self.depth -= 1

    def _activation(self, value: Any) -> Any:
        """A name, a layer, or a function that is not known."""
        if not is_object(value):
            return value
        if index.find(value["class_name"]) is not None:
            return self._inside(value)
        config = value.get("config")
        name = config if type(config) is str else inner(value).get("name", value["class_name"])
        return Unknown(f"the activation {name!s:.40}")


def _is_size(value: object) -> bool:
    return value is None or (type(value) is int and value > 0)


def _of_keras(value: Config) -> bool:
    """Whether a class is Keras's own: the configuration names its module, older ones do not."""
    module = value.get("module")
    if type(module) is str and module:
        return module.partition(".")[0] in ("keras", "tf_keras", "tensorflow")
    registered = value.get("registered_name")
    return type(registered) is not str or ">" not in value["class_name"]
