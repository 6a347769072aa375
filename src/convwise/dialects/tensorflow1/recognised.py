"""Tells TensorFlow 1 code from other code by its words; must never read it."""

from __future__ import annotations

import re
from typing import Final

#: Names that only TensorFlow 1 has, behind `tf.` or `tf.compat.v1.`.
_ONLY_1: Final = (
    *("placeholder(", "placeholder_with_default(", "get_variable(", "variable_scope("),
    *("Session(", "InteractiveSession(", "layers.", "contrib.", "truncated_normal("),
    *("global_variables_initializer(", "initialize_all_variables(", "app.run(", "app.flags."),
    *("nn.max_pool(", "nn.avg_pool(", "nn.bias_add(", "get_default_graph(", "reset_default_graph("),
    *("train.AdamOptimizer(", "train.GradientDescentOptimizer(", "nn.rnn_cell."),
)
_WORDS: Final = tuple([f"tf.{word}" for word in _ONLY_1])
_IMPORTS: Final = re.compile(
    r"^[ \t]*(import tensorflow\.compat\.v1|from tensorflow\.compat import v1"
    r"|import tensorflow\.contrib|from tensorflow\.contrib|import tf_slim"
    r"|from tensorflow\.examples\.tutorials)",
    re.MULTILINE,
)
_KERAS: Final = re.compile(r"\b(keras\.(Sequential|Model|models|layers|Input)|Sequential\()")
_IMPORTED: Final = re.compile(r"^[ \t]*(from|import)[ \t]+\S*keras", re.MULTILINE)


def is_tensorflow1(text: str) -> bool:
    """Whether a text is such code: it makes variables and placeholders itself, no Keras model.

    Code that makes Keras layers and happens to use `tf.nn.relu`, `tf.Session` or
    `tf.compat.v1.disable_eager_execution()` is Keras code.
    """
    found = text.replace("tf.compat.v1.", "tf.")
    if "tf.placeholder(" in found or "tf.get_variable(" in found:
        return True
    if _KERAS.search(found) or _IMPORTED.search(found):
        return False
    if _IMPORTS.search(found) or any(word in found for word in _WORDS):
        return True
    return "tf.nn.conv" in found and "tf.Variable(" in found
