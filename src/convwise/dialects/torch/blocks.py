"""What acts as a module in PyTorch: it holds modules and weights, has a path, and is called."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from convwise.dialects.python.arrays import Array
from convwise.dialects.python.functions import Function
from convwise.dialects.python.values import Abstract, At, Instance, Missing, Unknown
from convwise.dialects.torch.context import Example
from convwise.dialects.torch.examples import has_tensor, with_inputs
from convwise.dialects.torch.parameters import Weight
from convwise.dialects.torch.values import flat
from convwise.errors import ConvwiseError, UnknownNameError

if TYPE_CHECKING:
    from convwise.dialects.torch.context import Context

Arguments = dict[str, Any]


class Block(Abstract):
    """A module. `line` is where it was made, `path` its place in the network that is running.

    `children`, `weights` and `buffers` are what it registered, in order; `quiet_weights` are used
    without being values of the network (a gain of weight_norm). `absent`: it stands for None.
    `instance` is the object of the file's own class that it belongs to, whose `forward` goes before
    the block's.
    """

    def __init__(self, context: Context, class_name: str, line: int | None) -> None:
        self.context = context
        self.class_name = class_name
        self.line = line
        self.path = ""
        self.children: dict[str, Block] = {}
        self.weights: dict[str, Weight] = {}
        self.buffers: dict[str, object] = {}
        self.quiet_weights: set[str] = set()
        self.fields: dict[str, object] = {}
        self.instance: Instance | None = None
        self.absent = False
        self.poisoned: Unknown | None = None
        context.blocks.append(self)

    @abstractmethod
    def forward(self, args: list[object], kwargs: Arguments, at: At) -> object:
        """What the module does to tensors, when the file's class does not say it."""

    @abstractmethod
    def made_weights(self) -> dict[str, Weight]:
        """Its own weights, as far as they are known before any call, by PyTorch's names."""

    @property
    def face(self) -> object:
        """The object that code sees: the one of the file's own class, if it is one."""
        if self.absent:
            return None
        return self if self.instance is None else self.instance

    def describe(self) -> str:
        return f"the module `{self.path or self.class_name}`"

    def register(self, name: str, value: object) -> None:
        """`setattr`: modules become children, parameters weights; other values forget them."""
        self.context.registrations += 1
        block = as_block(value)
        if block is not None:
            self.weights.pop(name, None)
            self.children[name] = block
        elif type(value) is Weight:
            self.children.pop(name, None)
            self.weights[name] = value
            if value.owner is None:
                value.owner, value.name = self, name
        elif name in self.buffers:
            self.buffers[name] = value
        else:
            self.children.pop(name, None)
            self.weights.pop(name, None)

    def call(self, args: list[object], kwargs: Arguments, at: At) -> object:
        context = self.context
        if self.poisoned is not None:
            raise self.doubtful(self.poisoned)
        if context.depth == 0:
            return self._from_outside(args, kwargs, at)
        return self.run(args, kwargs, at)

    def _from_outside(self, args: list[object], kwargs: Arguments, at: At) -> object:
        """A call that no module makes: what it gets are inputs of a network."""
        if not has_tensor([*args, *kwargs.values()]):
            return Unknown(f"what {self.describe()} makes of data", at.line)
        context = self.context
        names = self.input_names()
        if not context.selecting and self._is_known_call(args, kwargs):
            # A training loop calls the same network on the same sizes again and again.
            return Unknown(f"what {self.describe()} makes of data", at.line)
        given = with_inputs(context, args, kwargs, names, at)
        name_tree(self)
        context.recording.start()
        context.networks += 1
        first = context.recording.count
        try:
            outputs = self.run(given[0], given[1], at)
        except ConvwiseError:
            if not context.given or context.selecting:
                raise
            # The user gives other shapes than the file.
            outputs = Unknown(f"what {self.describe()} makes of data", at.line)
        ran = range(first, context.recording.count)
        context.examples.append(Example(self, given[0], given[1], outputs, at.line, ran))
        return outputs

    def _is_known_call(self, args: list[object], kwargs: Arguments) -> bool:
        """Whether this module was called on arrays of these sizes twice, and nothing changed."""
        context = self.context
        leaves = flat([args, kwargs])
        if any(type(one) is not Array for one in leaves):
            return False
        sizes = tuple([one.shape for one in leaves if type(one) is Array])
        key = (id(self), len(context.blocks), context.registrations, sizes)
        context.calls[key] = context.calls.get(key, 0) + 1
        return context.calls[key] > 2

    def run(self, args: list[object], kwargs: Arguments, at: At) -> object:
        """Call `forward`, with the module's path as the scope of what happens in it."""
        context = self.context
        recording = context.recording
        outer = recording.scope
        recording.scope = self.path or outer
        context.depth += 1
        own = self.instance.method("forward") if self.instance is not None else None
        try:
            if own is not None:
                return context.interpreter.call(own, args, kwargs, at)
            return self.forward(args, kwargs, at)
        except ConvwiseError as error:
            raise error.at(line=at.line, layer=self.path or None) from None
        finally:
            context.depth -= 1
            recording.scope = outer

    def input_names(self) -> tuple[str, ...]:
        """What `forward` calls its tensors."""
        own = self.instance.method("forward") if self.instance is not None else None
        return own.function.parameters[1:] if own is not None else ("input",)

    def doubtful(self, reason: Unknown) -> UnknownNameError:
        return UnknownNameError(
            f"what {self.describe()} is made of depends on {reason.what}, which is not known here",
            line=reason.line,
            hint=self.context.setting_hint(reason),
        )

    def get(self, name: str, at: At) -> object:
        if name in self.children:
            return self.children[name].face
        if name in self.weights:
            return self.weights[name]
        if name in self.buffers:
            return self.buffers[name]
        if name in self.fields:
            return self.fields[name]
        if name == "forward":
            return Function(name, self.forward if self.context.depth else self.call)
        if name == "training":
            return False
        from convwise.dialects.torch.module_methods import METHODS

        method = METHODS.get(name)
        if method is not None:
            return method_of(self, name, method)
        if name in ("_modules", "_parameters", "_buffers"):
            return self._own(name)
        raise Missing(name)

    def _own(self, name: str) -> object:
        if name == "_modules":
            return {key: block.face for key, block in self.children.items()}
        return dict(self.weights if name == "_parameters" else self.buffers)

    def set(self, name: str, value: object, at: At) -> None:
        self.fields[name] = value
        self.register(name, value)

    @abstractmethod
    def again(self) -> Block:
        """A new module of the same class and arguments, without what it holds."""

    def copy(self, deep: bool, at: At) -> object:
        """A deep copy holds copies: weights of its own."""
        if not deep:
            return self
        made = self.again()
        for name, child in self.children.items():
            made.register(name, self.context.interpreter.copied(child.face, at))
        for name, weight in self.weights.items():
            made.register(name, weight.copy(deep, at))
        made.buffers.update(self.buffers)
        made.fields.update(self.fields)
        return made

    def changed_by(self, method: str) -> bool:
        return method not in _QUIET

    def poison(self, reason: Unknown) -> None:
        self.poisoned = self.poisoned or reason

    def builds(self) -> bool:
        return True


#: Methods that leave a module what it is.
_QUIET = frozenset(
    (
        "apply",
        "bfloat16",
        "buffers",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "eval",
        "float",
        "forward",
        "half",
        "load_state_dict",
        "modules",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "requires_grad_",
        "share_memory",
        "state_dict",
        "to",
        "train",
        "training",
        "zero_grad",
    )
)

Method = Callable[[Block, list[Any], Arguments, At], object]


def method_of(block: Block, name: str, method: Method) -> Function:
    """A method of a module as a value."""
    return Function(name, lambda args, kwargs, at: method(block, args, kwargs, at))


def as_block(value: object) -> Block | None:
    """The module that a value is; an object of the file's own module class counts too."""
    if isinstance(value, Block):
        return value
    if type(value) is Instance and isinstance(value.state, Block):
        return value.state
    return None


def tree(root: Block) -> Iterator[tuple[str, Block]]:
    """Every module under a root with its path, the root first, shared ones once, in order."""
    seen = {id(root)}
    waiting = [("", root)]
    while waiting:
        found = waiting.pop()
        yield found
        path, block = found
        inner = []
        for name, child in block.children.items():
            if id(child) not in seen:
                seen.add(id(child))
                inner.append((f"{path}.{name}" if path else name, child))
        waiting += reversed(inner)


def name_tree(root: Block) -> None:
    """Give every module its path under this root."""
    for path, block in tree(root):
        block.path = path


def arrays_in(values: object) -> list[Array]:
    """The arrays among arguments."""
    return [one for one in flat(values) if type(one) is Array]
