"""Names of operations and variables as TensorFlow 1 gives them; knows no operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, final

from convwise.dialects.python.functions import Function
from convwise.dialects.python.values import Abstract, At, Missing

#: What `reuse` says: never, always, where the variable is there already.
NEVER = "never"
ALWAYS = "always"
AUTO = "AUTO_REUSE"


class Scope(NamedTuple):
    """Where code stands: prefixes of operations and of variables, both with their slash."""

    operations: str = ""
    variables: str = ""
    reuse: str = NEVER


@final
class Scopes:
    """The open scopes of one graph and the names that are taken in it."""

    def __init__(self) -> None:
        self.now = Scope()
        self._used: dict[str, int] = {}
        self._layers: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """The name, with a number behind it when it is taken: Conv2D, Conv2D_1, Conv2D_2.

        As `Graph.unique_name` of TensorFlow does it: without regard to capitals.
        """
        key = name.lower()
        count = self._used.get(key, 0)
        self._used[key] = count + 1
        if not count:
            return name
        found = f"{name}_{count}"
        while found.lower() in self._used:
            count += 1
            found = f"{name}_{count}"
        self._used[key] = count + 1
        self._used[found.lower()] = 1
        return found

    def operation(self, name: str) -> str:
        """The full name of a new operation; one that ends with a slash is taken as it is."""
        return name[:-1] if name.endswith("/") else self.unique(self.now.operations + name)

    def variable(self, name: str) -> str:
        """The full name of what `tf.get_variable` asks for."""
        return self.now.variables + name

    def layer(self, base: str) -> str:
        """An automatic name of tf.layers: conv2d, conv2d_1, within the variable scope."""
        key = self.now.variables + base
        count = self._layers.get(key, 0)
        self._layers[key] = count + 1
        return f"{base}_{count}" if count else base

    def opened(self, name: str) -> str:
        """The prefix of a new name scope."""
        if not name:
            return ""
        return name if name.endswith("/") else self.unique(self.now.operations + name) + "/"

    @contextmanager
    def inside(self, scope: Scope) -> Iterator[None]:
        """Everything made meanwhile stands in this scope."""
        before, self.now = self.now, scope
        try:
            yield
        finally:
            self.now = before


@final
class VariableScope(Abstract):
    """What `with tf.variable_scope(...) as scope` gives: it can be opened again."""

    def __init__(self, scopes: Scopes, scope: Scope) -> None:
        self.scopes = scopes
        self.scope = scope

    def describe(self) -> str:
        return f"the variable scope `{self.scope.variables.rstrip('/')}`"

    def get(self, name: str, at: At) -> object:
        if name == "reuse_variables":
            return Function(name, self._reuse)
        if name == "name":
            return self.scope.variables.rstrip("/")
        if name == "original_name_scope":
            return self.scope.operations
        if name == "reuse":
            return self.scope.reuse == ALWAYS
        raise Missing(name)

    def _reuse(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        """Where this scope is open, all that follows in it takes variables that are there."""
        self.scope = self.scope._replace(reuse=ALWAYS)
        if self.scopes.now.variables.startswith(self.scope.variables):
            self.scopes.now = self.scopes.now._replace(reuse=ALWAYS)
        return None


@final
class Opening(Abstract):
    """A `with` that opens a scope: `make` says which when it begins, `settle` names what was made.

    `value` turns the scope into what `as` gets.
    """

    def __init__(
        self,
        scopes: Scopes,
        make: Callable[[], Scope],
        value: Callable[[Scope], object],
        settle: Callable[[], None],
    ) -> None:
        self.scopes = scopes
        self.make = make
        self.value = value
        self.settle = settle
        self._before: list[Scope] = []

    def describe(self) -> str:
        return "a scope"

    def enter(self, at: At) -> object:
        self.settle()
        self._before.append(self.scopes.now)
        self.scopes.now = self.make()
        return self.value(self.scopes.now)

    def leave(self, at: At) -> None:
        self.settle()
        if self._before:
            self.scopes.now = self._before.pop()
