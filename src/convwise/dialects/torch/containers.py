"""Modules that hold modules: nn.Module itself, Sequential, ModuleList, ModuleDict, parameters."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, final

from convwise.dialects.python.functions import Function
from convwise.dialects.python.machine import describe
from convwise.dialects.python.values import At, Missing, Unknown, is_plain_slice
from convwise.dialects.torch.blocks import Arguments, Block, as_block
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.rows import unknown_operation
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import tensors_in
from convwise.errors import RuleError
from convwise.kinds.views import Identity

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context


class Container(Block):
    """A module without weights of a kind's: `fill` takes what the constructor is given."""

    @abstractmethod
    def fill(self, args: list[object], kwargs: Arguments, at: At) -> None:
        """Take the constructor's arguments."""

    def made_weights(self) -> dict[str, Weight]:
        return {}

    def again(self) -> Block:
        return type(self)(self.context, self.class_name, self.line)

    def no_forward(self, at: At) -> RuleError:
        return RuleError(
            f"{self.class_name} has no forward(self, x)",
            line=self.line or at.line,
            hint="define forward: it says what the module does to its input",
        )


@final
class PlainModule(Container):
    """An object of a class of the file derived from nn.Module."""

    def fill(self, args: list[object], kwargs: Arguments, at: At) -> None:
        """nn.Module takes nothing."""

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        raise self.no_forward(at)


@final
class UnknownModule(Container):
    """A module that the file does not define: reported, never guessed."""

    def fill(self, args: list[object], kwargs: Arguments, at: At) -> None:
        """Whatever it takes is not known."""

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        found = tensors_in([*args, *kwargs.values()])
        return unknown_operation(self.context, self.class_name, found, at)

    def get(self, name: str, at: At) -> object:
        try:
            return super().get(name, at)
        except Missing:
            return Unknown(f"`{name}` of {self.class_name}", at.line)


def absent(context: Context) -> Block:
    """None in a list of modules: it keeps a place and is no module."""
    made = PlainModule(context, "None", None)
    made.absent = True
    return made


class Listed(Container):
    """Modules with numbers as names."""

    def extend(self, values: object, at: At) -> None:
        """Add modules of a list, each under the next number."""
        for one in _items(values, self, at):
            self.add(one, at)

    def add(self, value: object, at: At) -> None:
        block = absent(self.context) if value is None else module_of(value, self, at)
        self.register(str(len(self.children)), block)

    def get(self, name: str, at: At) -> object:
        if name in ("append", "extend", "insert", "pop"):
            return Function(name, lambda args, kwargs, at: self._change(name, args, kwargs, at))
        return super().get(name, at)

    def _change(self, name: str, args: list[Any], kwargs: Arguments, at: At) -> object:
        values = [*args, *kwargs.values()]
        if name == "append":
            self.add(values[0] if values else None, at)
        elif name == "extend":
            self.extend(values[0] if values else (), at)
        else:
            listed = list(self.children.values())
            index = values[0] if values else -1
            if type(index) is not int:
                return Unknown(f"`{name}` at an unknown place", at.line)
            if name == "pop" and -len(listed) <= index < len(listed):
                gone = listed.pop(index)
                self._renumber(listed)
                return gone.face
            if name == "insert" and len(values) > 1:
                listed.insert(index, module_of(values[1], self, at))
                self._renumber(listed)
        return self.face

    def _renumber(self, blocks: list[Block]) -> None:
        self.children = {str(place): block for place, block in enumerate(blocks)}

    def item(self, index: object, at: At) -> object:
        listed = list(self.children.items())
        if is_plain_slice(index):
            return self._part(listed[index], at)
        if type(index) is str and index in self.children:
            return self.children[index].face
        if type(index) is int and -len(listed) <= index < len(listed):
            return listed[index][1].face
        if type(index) is int:
            raise RuleError(
                f"index {index} is out of range for {self.class_name} of {len(listed)} modules",
                line=at.line,
                hint=f"its modules are 0 to {len(listed) - 1}",
            )
        return Unknown(f"an item of {self.describe()}", at.line)

    def _part(self, chosen: list[tuple[str, Block]], at: At) -> Block:
        part = Sequential if isinstance(self, Sequential) else ModuleList
        made = part(self.context, self.class_name, at.line)
        made.children = dict(chosen)
        return made

    def set_item(self, index: object, value: object, at: At) -> None:
        names = list(self.children)
        if type(index) is int and -len(names) <= index < len(names):
            self.children[names[index]] = module_of(value, self, at)
        elif type(index) is str:
            self.children[index] = module_of(value, self, at)

    def length(self, at: At) -> int | Unknown:
        return len(self.children)

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        return iter([block.face for block in self.children.values()])

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        if op == "+" and (isinstance(other, Listed) or type(other) in (list, tuple)):
            mine = list(self.children.values())
            others = [module_of(one, self, at) for one in _items(other, self, at)]
            made = [*others, *mine] if reflected else [*mine, *others]
            return self._part([(str(place), block) for place, block in enumerate(made)], at)
        return super().binary(op, other, reflected, at)

    def truth(self, at: At) -> bool | Unknown:
        return bool(self.children)


@final
class Sequential(Listed):
    """Modules called one after the other. `row`: that of an empty one."""

    row: int | None = None

    def fill(self, args: list[object], kwargs: Arguments, at: At) -> None:
        if len(args) == 1 and type(args[0]) is dict:
            for name, value in args[0].items():
                self.register(str(name), module_of(value, self, at))
            return
        for value in args:
            self.add(value, at)

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        value: object = args[0] if args else next(iter(kwargs.values()), None)
        if not args and not kwargs:
            raise RuleError(
                f"{self.describe()} is called without an input",
                line=at.line,
                hint="call it on a tensor",
            )
        if not self.children and type(value) is Symbol:
            return self.nothing(value, at)
        for block in self.children.values():
            value = block.call([value], {}, at)
        return value

    def nothing(self, symbol: Symbol, at: At) -> Symbol:
        """An empty Sequential gives back what it gets, in a row of its own: a plain shortcut."""
        recording = self.context.recording
        row = recording.own_row
        if row is None:
            if self.row is None:
                self.row = recording.row(self.path or "sequential", self.class_name, self.line)
            row = self.row
            recording.builder.begin_call(row)
        return Symbol(self.context, recording.add(Identity(), (symbol.value(),), row, at.line)[0])


@final
class ModuleList(Listed):
    """A list whose modules belong to the module that holds it."""

    def fill(self, args: list[object], kwargs: Arguments, at: At) -> None:
        given = args[0] if args else kwargs.get("modules")
        if given is not None:
            self.extend(given, at)

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        raise RuleError(
            f"{self.describe()} is a ModuleList, which cannot be called",
            line=at.line,
            hint="call its modules in a loop, or make it nn.Sequential(*modules)",
        )


@final
class ModuleDict(Container):
    """A dict whose modules belong to the module that holds it."""

    def fill(self, args: list[object], kwargs: Arguments, at: At) -> None:
        given = args[0] if args else kwargs.get("modules")
        if type(given) is dict:
            pairs: list[Any] = list(given.items())
        else:
            pairs = [] if given is None else list(_items(given, self, at))
        for one in pairs:
            if type(one) in (tuple, list) and len(one) == 2:
                self.register(str(one[0]), module_of(one[1], self, at))

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        raise self.no_forward(at)

    def get(self, name: str, at: At) -> object:
        views = {"keys": 0, "values": 1, "items": 2}
        if name in views:
            return Function(name, lambda args, kwargs, at: self._view(views[name]))
        if name == "update":
            return Function(name, lambda args, kwargs, at: self.fill(args, kwargs, at))
        return super().get(name, at)

    def _view(self, which: int) -> list[object]:
        pairs = [(name, block.face) for name, block in self.children.items()]
        return list(pairs) if which == 2 else [pair[which] for pair in pairs]

    def item(self, index: object, at: At) -> object:
        if type(index) is str and index in self.children:
            return self.children[index].face
        if type(index) is str:
            known = ", ".join(self.children)
            raise RuleError(
                f"{self.describe()} has no module {index!r:.60}",
                line=at.line,
                hint=f"it has {known}" if known else "it is empty",
            )
        return Unknown(f"an item of {self.describe()}", at.line)

    def set_item(self, index: object, value: object, at: At) -> None:
        if type(index) is str:
            self.register(index, module_of(value, self, at))

    def length(self, at: At) -> int | Unknown:
        return len(self.children)

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        return iter(list(self.children))

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        if op in ("in", "not in") and reflected and type(other) is str:
            return (other in self.children) == (op == "in")
        return super().binary(op, other, reflected, at)


@final
class ParameterList(Container):
    """Weights with numbers, or words, as names."""

    def fill(self, args: list[object], kwargs: Arguments, at: At) -> None:
        given = args[0] if args else next(iter(kwargs.values()), None)
        if type(given) is dict:
            for name, value in given.items():
                self.register(str(name), value)
        elif given is not None:
            for value in _items(given, self, at):
                self.register(str(len(self.weights)), value)

    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        raise self.no_forward(at)

    def get(self, name: str, at: At) -> object:
        if name == "append":
            return Function(name, self._append)
        if name in ("items", "keys", "values"):
            return Function(name, lambda args, kwargs, at: self._view(name))
        return super().get(name, at)

    def _append(self, args: list[Any], kwargs: Arguments, at: At) -> object:
        self.register(str(len(self.weights)), args[0] if args else None)
        return self

    def _view(self, name: str) -> list[object]:
        if name == "items":
            return list(self.weights.items())
        return list(self.weights if name == "keys" else self.weights.values())

    def item(self, index: object, at: At) -> object:
        listed = list(self.weights.values())
        if type(index) is str and index in self.weights:
            return self.weights[index]
        if type(index) is int and -len(listed) <= index < len(listed):
            return listed[index]
        return Unknown(f"an item of {self.describe()}", at.line)

    def set_item(self, index: object, value: object, at: At) -> None:
        self.register(str(index), value)

    def length(self, at: At) -> int | Unknown:
        return len(self.weights)

    def iterate(self, at: At) -> Iterator[object] | Unknown:
        return iter(list(self.weights.values()))


def module_of(value: object, holder: Block, at: At) -> Block:
    """A module that a container is given; RuleError when it is none."""
    block = as_block(value)
    if block is not None:
        return block
    if isinstance(value, Unknown):
        return UnknownModule(holder.context, value.what.strip("`"), value.line or at.line)
    raise RuleError(
        f"{holder.class_name} takes modules, found {describe(value)}",
        line=at.line,
        hint="such as nn.ReLU(): a class needs its brackets, a function of F belongs in forward",
    )


def _items(values: object, holder: Block, at: At) -> list[Any]:
    """The members of a list that code gives."""
    if type(values) in (list, tuple):
        return list(values)  # type: ignore[call-overload, no-any-return]
    if isinstance(values, Listed):
        return [block.face for block in values.children.values()]
    found = holder.context.interpreter.items(values, at)
    if isinstance(found, Unknown):
        return [found]
    return found
