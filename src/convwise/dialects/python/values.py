"""Values that a reading of Python meets, and how a framework plugs in; must never know a framework.

Plain values (int, float, str, bytes, bool, None, Ellipsis, tuple, list, dict, set, frozenset,
range, slice) stand for themselves. Everything else is one of the classes here.
"""

from __future__ import annotations

import ast
from abc import ABC
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard, final


class At(NamedTuple):
    """A place in the user's file: line (from 1), column (from 0), lines of the open calls."""

    line: int
    column: int = 0
    stack: tuple[int, ...] = ()


_LONGEST = 300


def shortened(message: str) -> str:
    """A message of the reader: names and texts of the file in it may be as long as the file."""
    return message if len(message) <= _LONGEST else message[: _LONGEST - 3] + "..."


@final
class Unknown:
    """A value that cannot be known; every operation on it gives it again, with its first cause.

    `what` reads as a noun: "`load_config()`", "the module `utils`".
    """

    __slots__ = ("line", "what")

    def __init__(self, what: str, line: int | None = None) -> None:
        self.what = shortened(what)
        self.line = line

    def __repr__(self) -> str:
        return f"Unknown({self.what!r}, line={self.line})"


def is_plain_slice(index: object) -> TypeGuard[slice[int | None, int | None, int | None]]:
    """Whether this is a slice whose parts are integers or left out, as lists take it."""
    if type(index) is not slice or index.step == 0:
        return False
    return all(one is None or type(one) is int for one in (index.start, index.stop, index.step))


class Missing(Exception):  # noqa: N818 (an answer, not an error: there is no such attribute)
    """Raised by a `get` hook: there is no attribute of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class ProgramError(Exception):
    """The user's program would stop here: `kind` is the exception Python would raise.

    Not fatal for the reading: the statement of the file that met it is skipped and reported.
    `bases` names the classes that an exception of the file derives from.
    """

    def __init__(self, kind: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = shortened(message)
        self.line = line
        self.bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A statement that could not be read: where the difficulty is, and what it is."""

    line: int | None
    kind: str
    message: str


class Abstract(ABC):  # noqa: B024 (every hook has a meaning when left alone)
    """An object of a framework: module, class, function, tensor, layer, model.

    A dialect overrides the hooks that mean something for its objects. Every other action gives an
    Unknown, never an error, so that what does not matter to the network does no harm. A hook
    raises Missing (no such attribute), ProgramError (the program would stop here) or a
    ConvwiseError (the network is wrong: this ends the reading). Any argument may be Unknown.
    """

    def describe(self) -> str:
        """What this is, as a noun for messages."""
        return type(self).__name__.lower()

    def get(self, name: str, at: At) -> object:
        """Read an attribute. Raises Missing."""
        raise Missing(name)

    def set(self, name: str, value: object, at: At) -> None:  # noqa: B027 (see the class)
        """Store an attribute; by default nobody needs to know."""

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        return self._not_known("a call of {}", at)

    def item(self, index: object, at: At) -> object:
        """`x[index]`; slices arrive as slice, several indices as tuple, Ellipsis and None too."""
        return self._not_known("an item of {}", at)

    def set_item(self, index: object, value: object, at: At) -> None:  # noqa: B027
        """`x[index] = value`; by default nobody needs to know."""

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        """`x op other`, or `other op x` if reflected; op as written, comparisons and `in` too."""
        return self._not_known(f"`{op}` on {{}}", at)

    def unary(self, op: str, at: At) -> object:
        """`-x`, `+x`, `~x`."""
        return self._not_known(f"`{op}` on {{}}", at)

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        return self._not_known("the elements of {}", at)

    def length(self, at: At) -> object:
        """`len(x)`: an integer, a symbolic size of the framework, or Unknown."""
        return self._not_known("the length of {}", at)

    def truth(self, at: At) -> bool | Unknown:
        return True

    def text(self, at: At) -> str | Unknown:
        """What `str(x)` or an f-string would print."""
        return self._not_known("the text of {}", at)

    def is_none(self, at: At) -> bool:
        """The answer to `x is None`, `x == None`: a symbolic dimension may say yes."""
        return False

    def has_instance(self, value: object, at: At) -> bool | Unknown:
        """The answer to `isinstance(value, self)`; asked of classes."""
        return self._not_known("isinstance of {}", at)

    def copy(self, deep: bool, at: At) -> object:
        """What `copy.copy` and `copy.deepcopy` give."""
        return self

    def changed_by(self, method: str) -> bool:
        """May a call of this method, or a store into this attribute, change what this is?"""
        return True

    def builds(self) -> bool:
        """May making this be a step of building a network?

        Loops that only make what says no (data, losses, plots) train, and are cut short. By
        default the answer is no for what nothing can be added to; tensors should say yes.
        """
        return self.changed_by("add")

    def poison(self, reason: Unknown) -> None:  # noqa: B027 (see the class)
        """A call or store that may change it happened under an unknown condition.

        From now on the object is not known. By default that is ignored.
        """

    def enter(self, at: At) -> object:
        """The value of `with x as value`."""
        return self

    def leave(self, at: At) -> None:  # noqa: B027 (see the class)
        """The body of `with x` has ended; by default nobody needs to know."""

    def _not_known(self, action: str, at: At) -> Unknown:
        return Unknown(action.format(self.describe()), at.line)


class FrameworkBase(Abstract):
    """A class of a framework from which classes of the file may derive (Layer, Model, Module)."""

    def new_instance(
        self, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
    ) -> None:
        """`super().__init__(...)` reached this class, or the file's class has no `__init__`."""

    def call_instance(
        self, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
    ) -> object:
        """The instance is called and its class has no `__call__` of its own.

        The dialect usually calls `interpreter.call(instance.method("call"), args, kwargs, at)`.
        """
        return Unknown(f"a call of {instance.describe()}", at.line)

    def takes_call(self, instance: Instance, method: str, given: list[object]) -> bool:
        """Is a call of this method of the file a call of the object itself (`net.forward(x)`)?"""
        return False

    def get_instance_attribute(self, instance: Instance, name: str, at: At) -> object:
        """An attribute that neither the instance nor a class of the file has. Raises Missing."""
        raise Missing(name)

    def set_instance_attribute(self, instance: Instance, name: str, value: object, at: At) -> None:
        """`instance.name = value` has just been stored in `instance.fields`."""

    def copy_instance(self, instance: Instance, copied: Instance, deep: bool, at: At) -> None:
        """`copied` is made by copy or deepcopy; its fields follow as `set_instance_attribute`."""
        copied.state = instance.state

    def poison_instance(self, instance: Instance, reason: Unknown) -> None:
        """A method of the instance may have run under an unknown condition."""


@final
class UserFunction:
    """A function, method or lambda of the file.

    `scope` is the frame it was defined in (opaque to dialects), `defaults` the evaluated defaults
    by parameter name, `owner` the class whose body defines it.
    """

    __slots__ = ("defaults", "fields", "name", "node", "owner", "scope")

    def __init__(
        self,
        name: str,
        node: ast.FunctionDef | ast.Lambda,
        scope: object,
        defaults: dict[str, object],
    ) -> None:
        self.name = name
        self.node = node
        self.scope = scope
        self.defaults = defaults
        self.owner: UserClass | None = None
        self.fields: dict[str, object] = {}

    @property
    def line(self) -> int:
        return self.node.lineno

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters that can be given by name, in order, `self` included."""
        spec = self.node.args
        return tuple([a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)])

    @property
    def takes_any_keyword(self) -> bool:
        return self.node.args.kwarg is not None

    def describe(self) -> str:
        return f"the function `{self.name}`"


@final
class UserClass:
    """A class of the file. `order` is its method resolution order, bases of every sort included.

    `style` says how instances are made: "plain", "dataclass", "namedtuple", "enum". `record` holds
    the fields of a dataclass or namedtuple and their defaults, NO_DEFAULT where there is none;
    `annotated` are the annotated names of its body.
    """

    __slots__ = ("annotated", "bases", "fields", "line", "name", "order", "record", "style")

    def __init__(self, name: str, bases: tuple[object, ...], line: int) -> None:
        self.name = name
        self.bases = bases
        self.line = line
        self.fields: dict[str, object] = {}
        self.order: tuple[object, ...] = (self,)
        self.style = "plain"
        self.record: dict[str, object] = {}
        self.annotated: tuple[str, ...] = ()

    def describe(self) -> str:
        return f"the class `{self.name}`"

    def find(self, name: str) -> object:
        """The class attribute as stored, from the classes of the file. Raises Missing."""
        for base in self.order:
            if base.__class__ is UserClass and name in base.fields:
                return base.fields[name]
        raise Missing(name)

    @property
    def framework(self) -> FrameworkBase | None:
        """The first framework class it derives from."""
        for base in self.order:
            if isinstance(base, FrameworkBase):
                return base
        return None

    @property
    def unknown_base(self) -> Unknown | None:
        """The first base that is not known, if any."""
        for base in self.order:
            if isinstance(base, Unknown):
                return base
        return None


@final
class Instance:
    """An object of a class of the file: its own attributes, and the dialect's `state`."""

    __slots__ = ("fields", "state", "type", "unknown")

    def __init__(self, type_: UserClass) -> None:
        self.type = type_
        self.fields: dict[str, object] = {}
        self.state: object = None
        self.unknown: Unknown | None = None

    def method(self, name: str) -> BoundMethod | None:
        """The method as classes of the file define it, bound; None when they do not."""
        try:
            found = self.type.find(name)
        except Missing:
            return None
        if not isinstance(found, UserFunction):
            return None
        return BoundMethod(found, self)

    def describe(self) -> str:
        return f"an object of class `{self.type.name}`"


@final
class Descriptor:
    """A function of a class body that is no plain method: form "static", "class", "property"."""

    __slots__ = ("form", "function", "setter")

    def __init__(self, form: str, function: object) -> None:
        self.form = form
        self.function = function
        self.setter: object = None


@final
class BoundMethod:
    """A method of the file with the object or class it is called on."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: UserFunction, receiver: object) -> None:
        self.function = function
        self.receiver = receiver

    def describe(self) -> str:
        return f"the method `{self.function.name}`"


Native = Callable[..., object]
NO_DEFAULT = Unknown("a value that must be given")


@final
class Builtin:
    """A function of Python itself that the reader knows: `function(run, args, kwargs, at)`.

    `lenient`: it accepts Unknown arguments; otherwise any of them makes the result Unknown.
    """

    __slots__ = ("function", "lenient", "name")

    def __init__(self, name: str, function: Native, lenient: bool = False) -> None:
        self.name = name
        self.function = function
        self.lenient = lenient

    def describe(self) -> str:
        return f"`{self.name}`"


@final
class Partial:
    """What `functools.partial` gives: a function with some of its arguments."""

    __slots__ = ("args", "function", "kwargs")

    def __init__(self, function: object, args: list[object], kwargs: dict[str, object]) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs

    def describe(self) -> str:
        return "`partial`"


@final
class BoundNative:
    """A method of a plain value, bound: called as `function(run, receiver, args, kwargs, at)`."""

    __slots__ = ("function", "name", "receiver")

    def __init__(self, name: str, function: Native, receiver: object) -> None:
        self.name = name
        self.function = function
        self.receiver = receiver

    def describe(self) -> str:
        return f"`{self.name}`"


@final
class BuiltinType:
    """A type of Python itself: how to make one, and which plain types are instances of it."""

    __slots__ = ("function", "members", "name", "types")

    def __init__(
        self,
        name: str,
        types: tuple[type, ...],
        function: Native | None,
        members: dict[str, object] | None = None,
    ) -> None:
        self.name = name
        self.types = types
        self.function = function
        self.members = members or {}

    def describe(self) -> str:
        return f"the type `{self.name}`"


@final
class Lazy:
    """An iterator whose elements are made, and paid for, one by one.

    `depth` counts the iterators it draws from, one behind the other.
    """

    __slots__ = ("depth", "items", "what")

    def __init__(self, items: Iterator[object], what: str, depth: int = 1) -> None:
        self.items = items
        self.what = what
        self.depth = depth

    def describe(self) -> str:
        return f"`{self.what}`"
