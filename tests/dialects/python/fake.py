"""A tiny framework for tests: a module whose objects record what was done to them."""

from __future__ import annotations

from collections.abc import Mapping

from convwise.dialects.python.interpreter import Host, Interpreter
from convwise.dialects.python.limits import Limits
from convwise.dialects.python.values import (
    Abstract,
    At,
    FrameworkBase,
    Instance,
    Missing,
    Unknown,
)
from convwise.errors import RuleError


class Tensor(Abstract):
    """Has a shape; knows the line of the call that made it."""

    def __init__(self, shape: tuple[int, ...], at: At) -> None:
        self.shape = shape
        self.at = at

    def get(self, name: str, at: At) -> object:
        if name == "shape":
            return self.shape
        raise Missing(name)


class Layer(Abstract):
    """Called on a tensor gives a tensor; a negative size is refused."""

    def __init__(self, size: object, at: At) -> None:
        self.size = size
        self.at = at

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        if isinstance(args[0], Unknown):
            return args[0]
        if isinstance(self.size, int) and self.size < 0:
            raise RuleError(f"size {self.size} is negative")
        return Tensor((1, self.size), at)  # type: ignore[arg-type]


class Model(Abstract):
    """Collects layers; `summary` changes nothing, `add` does."""

    def __init__(self) -> None:
        self.layers: list[object] = []
        self.poisoned: Unknown | None = None

    def get(self, name: str, at: At) -> object:
        if name == "add":
            return Function(lambda args, kwargs, at: self.layers.append(args[0]))
        if name == "fit":
            return Function(lambda args, kwargs, at: Unknown("what `fit` gives", at.line))
        raise Missing(name)

    def changed_by(self, method: str) -> bool:
        return method == "add"

    def poison(self, reason: Unknown) -> None:
        self.poisoned = reason


class Function(Abstract):
    """A function of the framework."""

    def __init__(self, body) -> None:  # type: ignore[no-untyped-def]
        self.body = body

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        return self.body(args, kwargs, at)


class Base(FrameworkBase):
    """What classes of the file derive from: counts what the interpreter tells it."""

    def __init__(self, host: FakeHost) -> None:
        self.host = host

    def describe(self) -> str:
        return "fake.Base"

    def new_instance(
        self, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
    ) -> None:
        instance.state = {"args": args, "kwargs": kwargs, "tracked": []}

    def call_instance(
        self, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
    ) -> object:
        method = instance.method("call")
        assert method is not None
        assert self.host.interpreter is not None
        return self.host.interpreter.call(method, args, kwargs, at)

    def get_instance_attribute(self, instance: Instance, name: str, at: At) -> object:
        if name == "name":
            return instance.type.name.lower()
        if name == "build":
            return Function(lambda args, kwargs, at: "built")
        raise Missing(name)

    def set_instance_attribute(self, instance: Instance, name: str, value: object, at: At) -> None:
        if isinstance(value, Layer):
            instance.state["tracked"].append(name)  # type: ignore[index]


class Module(Abstract):
    """The module `fake`."""

    def __init__(self, host: FakeHost) -> None:
        self.members: dict[str, object] = {
            "Layer": Function(lambda args, kwargs, at: Layer(args[0] if args else None, at)),
            "Input": Function(lambda args, kwargs, at: Tensor(args[0], at)),
            "Model": Function(lambda args, kwargs, at: Model()),
            "Base": Base(host),
            "submodule": self,
        }

    def get(self, name: str, at: At) -> object:
        if name in self.members:
            return self.members[name]
        raise Missing(name)


class FakeHost(Host):
    """Knows the module `fake` and the free name `Layer`."""

    def __init__(self) -> None:
        self.interpreter: Interpreter | None = None
        self.fake = Module(self)
        self.notes: list[tuple[str, str, int | None]] = []

    def module(self, name: str) -> Abstract | None:
        return self.fake if name in ("fake", "fake.submodule") else None

    def name(self, name: str) -> object | None:
        return self.fake.members["Layer"] if name == "Layer" else None

    def note(self, code: str, message: str, line: int | None) -> None:
        self.notes.append((code, message, line))


def interpret(
    text: str, settings: Mapping[str, object] | None = None, limits: Limits | None = None
) -> Interpreter:
    """An interpreter of the text with a fresh fake host, not yet run."""
    host = FakeHost()
    host.interpreter = Interpreter(text, "file.py", host, settings or {}, limits)
    return host.interpreter


def names_of(text: str, **settings: object) -> dict[str, object]:
    """The globals of a text that can be read without any problem."""
    reading = interpret(text, settings)
    names = reading.run()
    assert reading.problems == []
    return names
