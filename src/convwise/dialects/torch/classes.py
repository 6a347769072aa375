"""Classes of PyTorch from which the file's own classes derive, and what their objects are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, final

from convwise.dialects.python.values import (
    At,
    FrameworkBase,
    Instance,
    Missing,
    ProgramError,
    Unknown,
    UserClass,
)
from convwise.dialects.torch.blocks import Arguments, Block, as_block
from convwise.dialects.torch.containers import Container
from convwise.dialects.torch.examples import has_tensor
from convwise.dialects.torch.layers import LayerObject, make_layer
from convwise.dialects.torch.table.entry import Entry

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context

New = Callable[["Context", str, list[object], Arguments, At], Block]


class ModuleClass(FrameworkBase):
    """A module class: `new` makes one, `is_one` says whether a module is one."""

    def __init__(
        self, context: Context, name: str, new: New, is_one: Callable[[Block], bool]
    ) -> None:
        self.context = context
        self.name = name
        self.new = new
        self.is_one = is_one

    def describe(self) -> str:
        return f"the class `{self.name}`"

    def get(self, name: str, at: At) -> object:
        if name in ("__name__", "__qualname__"):
            return self.name
        from convwise.dialects.torch.composites import static

        found = static(self.name, name)
        if found is None:
            raise Missing(name)
        return found

    def call(self, args: list[object], kwargs: dict[str, object], at: At) -> object:
        return self.new(self.context, self.name, args, kwargs, at)

    def binary(self, op: str, other: object, reflected: bool, at: At) -> object:
        if op in ("==", "!=", "is", "is not"):
            return (other is self) == (op in ("==", "is"))
        return super().binary(op, other, reflected, at)

    def has_instance(self, value: object, at: At) -> bool | Unknown:
        if isinstance(value, Unknown):
            return value
        block = as_block(value)
        return block is not None and self.is_one(block)

    def new_instance(
        self, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
    ) -> None:
        made = self.new(self.context, instance.type.name, args, kwargs, _made_at(instance, at))
        made.instance = instance
        instance.state = made

    def call_instance(
        self, instance: Instance, args: list[object], kwargs: dict[str, object], at: At
    ) -> object:
        return state_of(instance, at).call(args, kwargs, at)

    def takes_call(self, instance: Instance, method: str, given: list[object]) -> bool:
        """`net.forward(x)` outside any network; what is no tensor goes the way of Python."""
        if method != "forward" or self.context.depth or instance.state is None:
            return False
        return has_tensor(given)

    def get_instance_attribute(self, instance: Instance, name: str, at: At) -> object:
        return state_of(instance, at).get(name, at)

    def set_instance_attribute(self, instance: Instance, name: str, value: object, at: At) -> None:
        if isinstance(instance.state, Block):
            if isinstance(instance.state, LayerObject):
                instance.state.set(name, value, at)
            instance.state.register(name, value)
        elif as_block(value) is not None:
            raise _too_early(instance, at)

    def copy_instance(self, instance: Instance, copied: Instance, deep: bool, at: At) -> None:
        """A deep copy has modules of its own, which the fields that follow bring."""
        state = instance.state
        if not isinstance(state, Block):
            return
        made = state.copy(deep, at)
        if isinstance(made, Block):
            made.instance = copied
            copied.state = made

    def poison_instance(self, instance: Instance, reason: Unknown) -> None:
        if isinstance(instance.state, Block):
            instance.state.poison(reason)

    def changed_by(self, method: str) -> bool:
        return False

    def builds(self) -> bool:
        return True


def state_of(instance: Instance, at: At) -> Block:
    """The module behind an object of the file's class."""
    if isinstance(instance.state, Block):
        return instance.state
    raise _too_early(instance, at)


def _too_early(instance: Instance, at: At) -> ProgramError:
    name = instance.type.name
    return ProgramError(
        "AttributeError",
        f"{name} is used before super().__init__() was called: call it first in {name}.__init__",
        at.line,
    )


def _made_at(instance: Instance, at: At) -> At:
    """Where the object is made, not where its class says super().__init__()."""
    order = instance.type.order
    inits = [one for one in order if type(one) is UserClass and "__init__" in one.fields]
    return At(at.stack[-len(inits)]) if 0 < len(inits) <= len(at.stack) else at


def container_class(context: Context, name: str, sort: type[Container]) -> ModuleClass:
    """nn.Module, nn.Sequential, nn.ModuleList, ..."""

    def new(
        context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
    ) -> Block:
        made = sort(context, class_name, at.line)
        made.fill(args, kwargs, at)
        return made

    whole = name == "Module"
    return ModuleClass(context, name, new, lambda block: whole or isinstance(block, sort))


def layer_class(context: Context, entry: Entry, name: str) -> ModuleClass:
    """A class of the table."""

    def new(
        context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
    ) -> Block:
        return make_layer(context, entry, class_name, args, kwargs, at)

    def is_one(block: Block) -> bool:
        return isinstance(block, LayerObject) and block.entry.name == entry.name

    return ModuleClass(context, name, new, is_one)


@final
class BaseClass(ModuleClass):
    """A class that several of the table derive from, such as _ConvNd: only isinstance asks."""


def base_class(context: Context, name: str, prefixes: tuple[str, ...]) -> BaseClass:
    """`nn.modules.conv._ConvNd`: its objects are those of classes whose names begin so."""

    def new(
        context: Context, class_name: str, args: list[object], kwargs: Arguments, at: At
    ) -> Block:
        raise ProgramError("TypeError", f"{name} cannot be made", at.line)

    def is_one(block: Block) -> bool:
        return isinstance(block, LayerObject) and block.entry.name.startswith(prefixes)

    return BaseClass(context, name, new, is_one)
