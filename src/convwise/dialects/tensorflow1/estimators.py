"""tf.estimator: the model function is called once, as for training; nothing is trained."""

from __future__ import annotations

from typing import Any, Final, final

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.callable_values import parameters_of
from convwise.dialects.python.framework import Module, of
from convwise.dialects.python.functions import Inert
from convwise.dialects.python.values import Abstract, At, Unknown, UserFunction
from convwise.dialects.tensorflow1.tape import Tape

Arguments = dict[str, Any]

MODES: Final = {"TRAIN": "train", "EVAL": "eval", "PREDICT": "infer"}


@final
class Features(Abstract):
    """What a model function is given: `features["x"]` is a placeholder without a shape."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.found: dict[str, Array] = {}

    def describe(self) -> str:
        return "the features"

    def item(self, index: object, at: At) -> object:
        name = index if type(index) is str else "features"
        if name not in self.found:
            self.found[name] = self.tape.new_number(name, None, "float32")
        return self.found[name]

    def get(self, name: str, at: At) -> object:
        found = self.item("features", at)
        return found.get(name, at) if isinstance(found, Abstract) else found


def _estimator(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.estimator.Estimator(model_fn, model_dir, config, params)`."""
    order = ("model_fn", "model_dir", "config", "params")
    said = {**dict(zip(order, args, strict=False)), **kwargs}
    function = said.get("model_fn")
    if isinstance(function, UserFunction):
        taken: Arguments = {
            "features": Features(tape),
            "mode": MODES["TRAIN"],
            "params": said.get("params") if said.get("params") is not None else {},
        }
        names = parameters_of(function)
        given: list[object] = [
            taken.get(name, Unknown(f"the `{name}` of a model function", at.line))
            if name not in function.defaults or name in taken
            else function.defaults[name]
            for name in names
        ]
        tape.context.interpreter.call(function, given, {}, at)
    return Inert("an estimator")


ESTIMATORS: Final = {"Estimator": _estimator}


def mode_keys() -> Module:
    """tf.estimator.ModeKeys."""
    return of("ModeKeys", dict(MODES))
