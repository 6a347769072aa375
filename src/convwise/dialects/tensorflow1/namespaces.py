"""tensorflow and its parts: which module has which names, as TensorFlow 1 had them."""

from __future__ import annotations

from typing import Any, Final

from convwise.dialects.keras.blocks import flat
from convwise.dialects.keras.known_names import TYPES as ELEMENT_TYPES
from convwise.dialects.keras.namespaces import World
from convwise.dialects.keras.operations import tensors
from convwise.dialects.keras.rows import unknown_operation
from convwise.dialects.keras.table import activations
from convwise.dialects.python.framework import Module, inert, of
from convwise.dialects.python.functions import Function, Inert, passing
from convwise.dialects.python.numeric import numeric
from convwise.dialects.python.sizes import TensorShape
from convwise.dialects.python.values import Abstract, At
from convwise.dialects.tensorflow1 import variables
from convwise.dialects.tensorflow1.contrib import CONTRIB
from convwise.dialects.tensorflow1.estimators import ESTIMATORS, mode_keys
from convwise.dialects.tensorflow1.functions import RESIZE_METHODS
from convwise.dialects.tensorflow1.graphs import GraphObject
from convwise.dialects.tensorflow1.layers import CLASSES, LAYER_FUNCTIONS
from convwise.dialects.tensorflow1.made_layers import layer_class
from convwise.dialects.tensorflow1.networks import LOSS_MODULE, LOSSES
from convwise.dialects.tensorflow1.recurrent import RECURRENT
from convwise.dialects.tensorflow1.scopes import AUTO
from convwise.dialects.tensorflow1.table import OPERATIONS, TYPES, WORDED
from convwise.dialects.tensorflow1.tape import Body, Tape
from convwise.dialects.tensorflow1.training import RUN, TRAINING, Flags
from convwise.errors import ConvwiseError

Arguments = dict[str, Any]

#: Functions that name what they make themselves.
_OWN: Final[dict[str, Body]] = {
    "Variable": variables.variable,
    "get_variable": variables.get_variable,
    "placeholder": variables.placeholder,
    "placeholder_with_default": variables.with_default,
    "name_scope": variables.name_scope,
    "op_scope": variables.name_scope,
    "variable_scope": variables.variable_scope,
    "variable_op_scope": variables.variable_scope,
    "get_variable_scope": variables.current_scope,
    "reset_default_graph": variables.reset,
    "constant": variables.constant,
    **dict.fromkeys(
        (
            *("zeros", "ones", "fill", "truncated_normal", "random_normal", "random_uniform"),
            *("normal", "uniform"),
        ),
        variables.filled,
    ),
    **LOSSES,
    **TRAINING,
}

#: Parts of tensorflow that change no network.
_QUIET: Final = frozenset(
    (
        *("summary", "logging", "gfile", "saved_model", "io", "metrics", "test"),
        *("data", "errors", "feature_column", "decode_raw", "parse_single_example", "user_ops"),
        *("python_io", "resource_loader", "sets", "sysconfig", "distribute", "lite", "autograph"),
        *("GraphKeys", "ConfigProto", "GPUOptions", "RunOptions", "Tensor", "DType", "queue"),
        *("assign", "assign_add", "assign_sub", "group", "no_op", "device", "py_func", "Print"),
        *("control_dependencies", "get_collection", "add_to_collection", "Assert", "trainable"),
        *("global_variables_initializer", "initialize_all_variables", "set_random_seed"),
        *("local_variables_initializer", "trainable_variables", "global_variables", "regularizers"),
        *("all_variables", "get_default_graph", "disable_v2_behavior", "enable_eager_execution"),
        *("disable_eager_execution", "enable_v2_behavior", "config", "experimental", "compat_v1"),
        *("scalar_summary", "histogram_summary", "merge_all_summaries", "image_summary"),
    )
)
_NESTED: Final = ("nn", "image", "math", "linalg", "random", "rnn_cell", "manip", "signal")


class TensorFlow:
    """Every module of one reading; what is not TensorFlow's is as Keras's reader knows it."""

    def __init__(self, tape: Tape, keras: World) -> None:
        self.tape = tape
        self.keras = keras
        self.flags = Flags()
        self._modules: dict[str, Abstract] = {}
        self._functions: dict[tuple[str, str], Function] = {}

    def module(self, name: str) -> Abstract | None:
        """The module of this full name; None when it is not known."""
        plain = _plain(name)
        found = self._modules.get(plain)
        if found is None:
            found = self._make(plain)
            if found is not None:
                self._modules[plain] = found
        return found

    def _make(self, name: str) -> Abstract | None:
        root, _, rest = name.partition(".")
        if root == "tf_slim":
            return Module("slim", self._contrib)
        if name == "absl.flags" or name == "tensorflow.app.flags":
            return self.flags
        if root == "absl":
            return Module("absl", self._absl)
        if root != "tensorflow" or rest.partition(".")[0] in ("keras", "data"):
            return self.keras.imported(name)
        first = rest.partition(".")[0]
        if first == "contrib":
            return Module(name, self._contrib)
        if first == "layers":
            return Module(name, self._layer)
        if first == "losses":
            return Module(name, self._loss)
        if first == "initializers":
            return Module(name, self._initializer)
        if first in ("examples", "models", "tensorboard"):
            return inert(name)
        return Module(name, self._member)

    def free_name(self, name: str, at: At) -> object | None:
        """A name that a fragment uses without importing it."""
        if name in ("tf", "tensorflow"):
            return self.module("tensorflow")
        if name == "slim":
            return self.module("tensorflow.contrib.slim")
        return self.keras.free_name(name, at) if name in ("np", "numpy", "keras") else None

    def _absl(self, name: str, at: At) -> object | None:
        if name == "flags":
            return self.flags
        return self._app(name, at) if name == "run" else Module("app", self._app)

    def _app(self, name: str, at: At) -> object | None:
        if name == "run":
            return self._raw(name, RUN)
        return self.flags if name == "flags" else Inert(f"tf.app.{name}")

    def _member(self, name: str, at: At) -> object | None:
        """A member of tf, tf.nn, tf.image, tf.math, ...; functions have one name in all of them."""
        if name in _OWN:
            return self._raw(name, _OWN[name])
        if name in OPERATIONS:
            return self._operation(name)
        if name in RECURRENT:
            return self._raw(name, RECURRENT[name])
        if name in ("layers", "contrib", "losses", "initializers", "keras", "nn", *_NESTED):
            return self.module(f"tensorflow.{name}")
        if name in ("compat", "v1", "python", "framework", "ops", "platform"):
            return self.module("tensorflow")
        if name.endswith("_initializer"):
            return Function(name, variables.initializer(name))
        if name in ("app", "flags"):
            return Module("tf.app", self._app) if name == "app" else self.flags
        if name == "estimator":
            return Module("tf.estimator", self._estimator)
        if name == "train":
            return Module("tf.train", self._training)
        if name in ELEMENT_TYPES:
            return name
        return self._other(name)

    def _other(self, name: str) -> object:
        if name == "Graph":
            return Function(name, lambda args, kwargs, at: GraphObject(self.tape))
        if name == "ResizeMethod":
            return of(name, dict(RESIZE_METHODS))
        if name == "AUTO_REUSE":
            return AUTO
        if name == "__version__":
            return "1.15.0"
        if name in ("newaxis",):
            return Inert(name)
        if name == "TensorShape":
            return Function(name, lambda args, kwargs, at: TensorShape(tuple(flat(args))))
        if name in _QUIET or name.startswith(("disable_", "enable_")):
            return Inert(f"tf.{name}")
        if name in ("function", "make_template"):
            return passing(name)
        return self._unknown(name)

    def _training(self, name: str, at: At) -> object | None:
        found = TRAINING.get(name)
        return self._raw(name, found) if found is not None else Inert(f"tf.train.{name}")

    def _estimator(self, name: str, at: At) -> object | None:
        if name == "ModeKeys":
            return mode_keys()
        found = ESTIMATORS.get(name)
        return self._raw(name, found) if found is not None else Inert(f"tf.estimator.{name}")

    def _loss(self, name: str, at: At) -> object | None:
        found = LOSS_MODULE.get(name)
        return self._raw(name, found) if found is not None else Inert(f"tf.losses.{name}")

    def _initializer(self, name: str, at: At) -> object | None:
        return Function(name, variables.initializer(name))

    def _layer(self, name: str, at: At) -> object | None:
        """A member of tf.layers."""
        found = LAYER_FUNCTIONS.get(name)
        if found is not None:
            return self._raw(name, found[1])
        if name in CLASSES:
            return Function(name, layer_class(self.tape, CLASSES[name]))
        return self._unknown(f"layers.{name}")

    def _contrib(self, name: str, at: At) -> object | None:
        """A member of slim, of tf.contrib.layers or of tf.contrib itself."""
        found = CONTRIB.get(name)
        if found is not None:
            return self._raw(name, found[1])
        if name in RECURRENT:
            return self._raw(name, RECURRENT[name])
        if name in ("slim", "layers", "framework", "python", "ops", "rnn"):
            return Module(f"tf.contrib.{name}", self._contrib)
        if name == "nn" or name in OPERATIONS:
            return self._member(name, at)
        if name == "add_arg_scope":
            return passing(name)
        if name.endswith("_regularizer") or name in ("losses", "learning", "metrics"):
            return Inert(f"tf.contrib.{name}")
        if "initializer" in name:
            return Function(name, variables.initializer(name))
        return self._unknown(f"contrib.{name}")

    def _raw(self, name: str, body: Body) -> Function:
        """A function that names what it makes itself."""
        tape = self.tape

        def called(args: list[object], kwargs: Arguments, at: At) -> object:
            tape.settle()
            try:
                return body(tape, args, dict(kwargs), at)
            except ConvwiseError as error:
                raise error.at(line=at.line) from None
            finally:
                tape.settle()

        return Function(name, called)

    def _operation(self, name: str) -> Function:
        """An operation: what it makes is called as the code says, else after its type."""
        title, body = OPERATIONS[name]
        tape = self.tape

        def called(args: list[object], kwargs: Arguments, at: At) -> object:
            tape.settle()
            said = dict(kwargs)
            word = said.pop("name", None)
            if len(args) == 2 and type(args[1]) is str and name not in WORDED:
                # The name is the second parameter of functions of one tensor.
                args, word = args[:1], args[1]
            try:
                made = body(tape, args, said, at)
            except ConvwiseError as error:
                layer = tape.scopes.now.operations + (word if type(word) is str else title)
                error.where.layer = layer
                raise error.at(line=at.line) from None
            tape.settle(word if type(word) is str else "", TYPES.get(title, title), title)
            return made

        known = name if name in activations.NAMES else None
        return Function(name, called, known)

    def _unknown(self, name: str) -> Function:
        """A function that is not known: of tensors an unknown operation, else of numbers."""
        tape = self.tape
        last = name.rpartition(".")[2]

        def called(args: list[object], kwargs: Arguments, at: At) -> object:
            tape.settle()
            found = tensors([*args, *kwargs.values()])
            if not found:
                return numeric(tape.context, last, args, kwargs, at)
            made = unknown_operation(tape.context, f"tf.{name}", found, at)
            word = kwargs.get("name")
            tape.settle(word if type(word) is str else "", last)
            return made

        return Function(name, called)


def _plain(name: str) -> str:
    """The module's name in TensorFlow 1."""
    for prefix in ("tensorflow.compat.v1", "tensorflow._api.v1", "tensorflow.python"):
        if name == prefix or name.startswith(prefix + "."):
            return "tensorflow" + name[len(prefix) :]
    return "tensorflow" if name == "tf" else name
