"""Sessions, optimizers, flags: what trains a network and tells how it is fed; builds nothing."""

from __future__ import annotations

from typing import Any, Final, final

from convwise.dialects.keras.blocks import flat
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.python.functions import Function, Inert
from convwise.dialects.python.values import Abstract, At, Missing, Unknown
from convwise.dialects.tensorflow1.tape import Tape

Arguments = dict[str, Any]


@final
class Session(Abstract):
    """tf.Session: what it runs is not computed, what it is fed is looked at."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape

    def describe(self) -> str:
        return "a session"

    def get(self, name: str, at: At) -> object:
        if name == "run":
            return Function("Session.run", self._run)
        if name == "as_default":
            return Function(name, lambda args, kwargs, at: self)
        return Inert(f"Session.{name}")

    def _run(self, args: list[object], kwargs: Arguments, at: At) -> object:
        feeds = kwargs.get("feed_dict", args[1] if len(args) > 1 else None)
        self.tape.feed(feeds)
        fetches: Any = args[0] if args else kwargs.get("fetches")
        if type(fetches) in (list, tuple):
            return [_value(at) for _ in fetches]
        return _value(at)

    def changed_by(self, method: str) -> bool:
        return False


def _value(at: At) -> Unknown:
    return Unknown("what the session computes", at.line)


@final
class Step(Abstract):
    """What an optimizer makes of a loss: `run` and `eval` feed placeholders."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape

    def describe(self) -> str:
        return "a training step"

    def get(self, name: str, at: At) -> object:
        if name in ("run", "eval"):
            return Function(name, self._run)
        return Inert(f"step.{name}")

    def _run(self, args: list[object], kwargs: Arguments, at: At) -> object:
        self.tape.feed(args[0] if args else kwargs.get("feed_dict"))
        return _value(at)

    def changed_by(self, method: str) -> bool:
        return False


@final
class Optimizer(Abstract):
    """tf.train.AdamOptimizer and all others: the losses that they minimise."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape

    def describe(self) -> str:
        return "an optimizer"

    def get(self, name: str, at: At) -> object:
        if name in ("minimize", "compute_gradients"):
            return Function(name, self._minimize)
        if name == "apply_gradients":
            return Function(name, lambda args, kwargs, at: Step(self.tape))
        return Inert(f"optimizer.{name}")

    def _minimize(self, args: list[object], kwargs: Arguments, at: At) -> object:
        for one in flat(args[0] if args else kwargs.get("loss")):
            if type(one) is Symbol:
                self.tape.minimized.append(one)
        return Step(self.tape)

    def changed_by(self, method: str) -> bool:
        return False


@final
class Flags(Abstract):
    """tf.app.flags: the defaults of a program's options."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def describe(self) -> str:
        return "the program's flags"

    def get(self, name: str, at: At) -> object:
        if name in ("FLAGS", "_parse_flags", "flag_values_dict"):
            return self if name == "FLAGS" else Function(name, lambda args, kwargs, at: None)
        if name.startswith("DEFINE_"):
            return Function(name, self._define)
        if name in self.values:
            return self.values[name]
        if name in ("mark_flag_as_required", "__flags"):
            return Inert(name)
        raise Missing(name)

    def set(self, name: str, value: object, at: At) -> None:
        self.values[name] = value

    def _define(self, args: list[object], kwargs: Arguments, at: At) -> object:
        given = {**dict(zip(("name", "default"), args, strict=False)), **kwargs}
        name = given.get("name", given.get("flag_name"))
        value = given.get("default", given.get("default_value"))
        if type(name) is str:
            self.values[name] = value
        return None


def _session(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    return Session(tape)


def _optimizer(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    return Optimizer(tape)


def _run(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    """`tf.app.run(main)`: starts the file's main."""
    given = args[0] if args else kwargs.get("main")
    tape.calls.append(given)
    return None


def _gradients(tape: Tape, args: list[Any], kwargs: Arguments, at: At) -> object:
    for one in flat(args[0] if args else kwargs.get("ys")):
        if type(one) is Symbol:
            tape.minimized.append(one)
    return Unknown("gradients", at.line)


OPTIMIZERS: Final = tuple(
    [
        f"{name}Optimizer"
        for name in (
            *("GradientDescent", "Adam", "Adagrad", "Adadelta", "Momentum", "RMSProp", "Ftrl"),
            *("ProximalGradientDescent", "ProximalAdagrad", "SyncReplicas", "AdagradDA", "AdamW"),
        )
    ]
)

TRAINING: Final = {
    "Session": _session,
    "InteractiveSession": _session,
    "get_default_session": _session,
    "MonitoredSession": _session,
    "MonitoredTrainingSession": _session,
    "gradients": _gradients,
    **dict.fromkeys(OPTIMIZERS, _optimizer),
}
RUN: Final = _run
