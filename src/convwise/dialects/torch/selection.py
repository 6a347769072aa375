"""Which module of a source is wanted, and what it is called on; must never interpret code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

from convwise.dialects.python.callable_values import missing_in, settings_for
from convwise.dialects.python.checks import closest
from convwise.dialects.python.values import (
    At,
    Instance,
    Problem,
    ProgramError,
    UserClass,
    UserFunction,
)
from convwise.dialects.torch.assembly import assembled
from convwise.dialects.torch.blocks import Block, as_block, name_tree, tree
from convwise.dialects.torch.containers import UnknownModule
from convwise.dialects.torch.context import Context, Example
from convwise.dialects.torch.examples import new_input
from convwise.dialects.torch.layers import LayerObject
from convwise.dialects.torch.symbols import Symbol
from convwise.dialects.torch.values import flat
from convwise.errors import ConvwiseError, MissingInputError, ReadError, UnknownNameError
from convwise.graph.nodes import Graph


class Found(NamedTuple):
    """A module under its name in the source."""

    name: str
    block: Block


@final
class Selection:
    """The networks of one reading. `found`: those with names; made on demand otherwise."""

    def __init__(
        self,
        context: Context,
        names: Mapping[str, object],
        problems: Sequence[Problem],
        settings: Mapping[str, object],
    ) -> None:
        self.context = context
        self.names = names
        self.problems = problems
        self.settings = settings
        self.stopped: dict[str, ProgramError] = {}
        self.found = self._search()

    def _search(self) -> list[Found]:
        found = self._of_names(self.names) or self._of_objects() or self._called_inside()
        if not found:
            found = self._made_by(UserClass) or self._made_by(UserFunction)
        return found

    def _of_names(self, names: Mapping[str, object]) -> list[Found]:
        """Modules that variables hold and no other holds inside, each under its first name."""
        found: dict[int, Found] = {}
        for name, value in names.items():
            block = as_block(value)
            if block is not None and id(block) not in found:
                found[id(block)] = Found(name, block)
        return _outermost(list(found.values()))

    def _of_objects(self) -> list[Found]:
        """Modules that other objects of the file hold: a trainer's network."""
        fields: dict[str, object] = {}
        for value in self.names.values():
            if type(value) is Instance and as_block(value) is None:
                fields.update(value.fields)
        return self._of_names(fields)

    def _called_inside(self) -> list[Found]:
        """Modules that functions of the file call on tensors."""
        blocks = dict.fromkeys([example.block for example in self.context.examples])
        return [Found(block.class_name, block) for block in blocks]

    def _made_by(self, sort: type[object]) -> list[Found]:
        """Modules that classes (or functions) of the file make when called without arguments."""
        found = []
        for name, value in list(self.names.items()):
            if type(value) is not sort or not isinstance(value, (UserClass, UserFunction)):
                continue
            if _makes_module(value) and not missing_in(value, self.settings):
                found.extend(self._called(name, value))
        return _without_parts(found) if sort is UserClass else found

    def _called(self, name: str, value: Any) -> list[Found]:
        taken = settings_for(value, self.settings)
        try:
            made = self.context.interpreter.call(value, [], taken, At(value.line))
        except ProgramError as error:
            self.stopped.setdefault(name, error)
            return []
        blocks = [as_block(one) for one in flat(made)]
        return [Found(name, block) for block in blocks if block is not None][:1]

    def default(self) -> Found:
        """The network the file is about, with a note that names the others."""
        found = self.found
        if not found:
            raise self._nothing()
        if len(found) == 1:
            return found[0]
        called = {id(example.block) for example in self.context.examples}
        chosen = _largest([one for one in found if id(one.block) in called] or found)
        others = ", ".join([one.name for one in found if one is not chosen])
        self.context.note(
            "several-models",
            f"this is {chosen.name}; the source also has {others}: name one as SOURCE:NAME",
        )
        return chosen

    def named(self, name: str) -> Found:
        """The module of this name: a variable, or a function or class that makes one."""
        value = self.names.get(name)
        block = as_block(value)
        if block is not None:
            return Found(name, block)
        if isinstance(value, (UserFunction, UserClass)):
            missing = missing_in(value, self.settings)
            if missing:
                raise _needs(name, missing, value.line)
            made = self._called(name, value)
            if made:
                return made[0]
            if name in self.stopped:
                raise _stops(name, self.stopped[name])
            raise ReadError(
                f"{value.describe()} makes no PyTorch module",
                line=value.line,
                hint="name a variable that holds one, or a class or function that makes one",
            )
        for one in self.found:
            if name in (one.name, one.block.class_name):
                return one
        known = [one.name for one in self.found]
        near = closest(name, known)
        listed = f"its networks are {', '.join(known)}" if known else "it defines no network"
        hint = f"did you mean {near}?" if near else listed
        raise ReadError(f"the source has no model named {name}", hint=hint)

    def _nothing(self) -> ConvwiseError:
        """Why there is no network, as far as that is known."""
        for name, value in self.names.items():
            if isinstance(value, (UserClass, UserFunction)) and _makes_module(value):
                missing = missing_in(value, self.settings)
                if missing:
                    return _needs(name, missing, value.line)
        for name, error in self.stopped.items():
            return _stops(name, error)
        if self.problems:
            first = self.problems[0]
            return ReadError(
                f"no network was found, and this statement stops: {first.kind}: {first.message}",
                line=first.line,
                hint="correct it, or keep only the part that defines the network",
            )
        return ReadError(
            "no PyTorch module was found",
            hint="the source should define one: a class derived from nn.Module, or nn.Sequential",
        )

    def graph(self, found: Found) -> Graph:
        """The network, its layers named by their paths inside it."""
        block = found.block
        for _, one in tree(block):
            if one.poisoned is not None:
                raise one.doubtful(one.poisoned)
        if isinstance(block, UnknownModule):
            raise _outside(found)
        self.context.selecting = True
        example = self._example(found)
        name_tree(block)
        self._flush()
        return assembled(self.context, found.name, example)

    def _example(self, found: Found) -> Example:
        """The call to be shown: on the shapes that are given, else as the file calls it."""
        context = self.context
        seen = [one for one in context.examples if one.block is found.block]
        last = seen[-1] if seen else None
        if last is not None and context.recording.free_batch and self._is_given(last):
            return last
        if context.given or last is None:
            return self._called_on(found, self._given_inputs(found, last), {})
        own = _has_own_inputs(last)
        if own and context.recording.free_batch:
            return last
        args, kwargs = list(_fresh(last.args, context)), dict(_fresh(last.kwargs, context))
        if context.recording.free_batch:
            return self._called_on(found, args, kwargs)
        context.recording.free_batch = True
        try:
            fresh = self._called_on(found, args, kwargs)
            # A batch that only some sizes satisfy is found when the graph is cut out.
            assembled(context, found.name, fresh)
            return fresh
        except ConvwiseError:
            context.recording.free_batch = False
            if not own:
                raise
            context.note(
                "batch-size", "the code works only for the batch that it shows, which is kept"
            )
            return last

    def _is_given(self, example: Example) -> bool:
        """Whether the file calls the network on just the sizes that the user gives."""
        given = self.context.given
        if not given or not _has_own_inputs(example):
            return False
        names = example.block.input_names()
        pairs = list(zip(names, example.args, strict=False)) + list(example.kwargs.items())
        return all(
            type(one) is Symbol
            and one.given is not None
            and tuple(one.given.shape[1:]) == given.get(name, given.get(None))
            for name, one in pairs
        )

    def _called_on(self, found: Found, args: list[object], kwargs: dict[str, object]) -> Example:
        at = At(found.block.line or 1)
        before = len(self.context.examples)
        try:
            found.block.call(args, kwargs, at)
        except ProgramError as error:
            raise ReadError(
                f"{found.name} stops when it is called: {error.kind}: {error.message}",
                line=error.line,
                hint="correct this line of the network",
            ) from None
        if len(self.context.examples) == before:
            raise self._no_shape(found, "its input")
        return self.context.examples[-1]

    def _given_inputs(self, found: Found, last: Example | None) -> list[object]:
        """Inputs of the shapes that the user gives; those of the file's own call fill gaps."""
        context, block = self.context, found.block
        names = block.input_names()
        known = dict(zip(names, last.args, strict=False)) if last is not None else {}
        known.update(last.kwargs if last is not None else {})
        made: list[object] = []
        for name in _needed_inputs(block, context.given):
            given = context.given.get(name)
            if given is None and None in context.given:
                given = context.given[None]
            if given is not None:
                dtype = _dtype_of(known.get(name))
                made.append(new_input(context, (None, *given), name, block.line, dtype))
            elif name in known:
                made.append(_fresh(known[name], context))
            else:
                raise self._no_shape(found, name)
        return made

    def _no_shape(self, found: Found, name: str) -> MissingInputError:
        """The message says what the first layers tell about the input."""
        known, sample = _first_expectation(found.block)
        more = f"; {known}" if known else ""
        return MissingInputError(
            f"the shape of {name}, the input of {found.name}, is not in the code{more}",
            line=found.block.line,
            hint=f"give it without the batch, such as --input {sample}",
        )

    def _flush(self) -> None:
        """Hand the notes of the reading to the graph."""
        context = self.context
        for problem in self.problems:
            message = f"a statement was passed over: {problem.kind}: {problem.message}"
            context.note("passed-over", message, problem.line)
        for (code, message), line in context.notes.items():
            context.recording.builder.note(code, message, None, line)
        context.notes.clear()


def _outermost(found: list[Found]) -> list[Found]:
    """Those that no other one holds."""
    inner: set[int] = set()
    for one in found:
        if id(one.block) not in inner:
            inner.update(id(block) for path, block in tree(one.block) if path)
    return [one for one in found if id(one.block) not in inner]


def _without_parts(found: list[Found]) -> list[Found]:
    """Classes whose objects another one of them holds are its parts."""
    used = {block.class_name for one in found for path, block in tree(one.block) if path}
    return [one for one in found if one.block.class_name not in used] or found


def _largest(found: list[Found]) -> Found:
    """The last of those with the most modules."""
    best = found[0]
    most = -1
    for one in found:
        size = sum(1 for _ in tree(one.block))
        if size >= most:
            best, most = one, size
    return best


def _fresh(value: Any, context: Context) -> Any:
    """The same structure with new inputs, their batch free, in place of tensors."""
    if type(value) is Symbol:
        pending = value.given
        name = pending.name if pending is not None else "input"
        tensor = value.waiting or context.recording.tensor(value.origin())
        sizes, dtype = tensor.shape, tensor.dtype
        return new_input(context, (None, *sizes[1:]), name, value.line, dtype)
    if type(value) in (list, tuple):
        made = [_fresh(one, context) for one in value]
        return made if type(value) is list else tuple(made)
    if type(value) is dict:
        return {key: _fresh(one, context) for key, one in value.items()}
    return value


def _dtype_of(value: object) -> str:
    """The element type of an input as the file gives it."""
    if type(value) is not Symbol:
        return "float32"
    return value.waiting.dtype if value.waiting is not None else value.tensor.dtype


def _has_own_inputs(example: Example) -> bool:
    """Whether it was called on inputs, not on what another network gave."""
    symbols = [one for one in flat([example.args, example.kwargs]) if type(one) is Symbol]
    recording = symbols[0].context.recording if symbols else None
    return recording is not None and all(recording.is_input(one.origin()) for one in symbols)


def _needed_inputs(block: Block, given: Mapping[str | None, Any]) -> list[str]:
    """Parameters of `forward` without default, and those for which a shape is given."""
    own = block.instance.method("forward") if block.instance is not None else None
    if own is None:
        return ["input"]
    names = own.function.parameters[1:]
    found = [one for one in names if one not in own.function.defaults or one in given]
    return found or list(names[:1]) or ["x"]


def _first_expectation(block: Block) -> tuple[str, str]:
    """What the first layer with a fixed number of channels says, and a sample of --input."""
    for path, one in tree(block):
        if isinstance(one, LayerObject) and one.entry.expects is not None:
            for expected in one.entry.expects(one.arguments):
                name = f"{path or one.class_name} ({one.class_name}, line {one.line})"
                rank = one.entry.name[-2:-1]
                space = ",".join(["224"] * int(rank)) if rank.isdigit() else ""
                sample = f"{expected.size},{space}" if space else str(expected.size)
                return f"{name} needs {expected.size} {expected.what}", sample
    return "", "3,224,224"


def _stops(name: str, error: ProgramError) -> ReadError:
    return ReadError(
        f"{name} stops before it makes a network: {error.kind}: {error.message}",
        line=error.line,
        hint="correct this line, or give the value it needs with --set NAME=...",
    )


def _outside(found: Found) -> UnknownNameError:
    return UnknownNameError(
        f"{found.name} is {found.block.class_name}, which is not in this file",
        line=found.block.line,
        hint="copy the source of the network into the file; live:module:attribute is not read yet",
    )


def _makes_module(value: UserClass | UserFunction) -> bool:
    """Whether a class is a module's, or a function mentions classes, judged by its names."""
    from convwise.dialects.torch.classes import ModuleClass

    if isinstance(value, UserClass):
        return isinstance(value.framework, ModuleClass)
    return _returns(value)


def _returns(value: UserFunction) -> bool:
    import ast

    return any(isinstance(node, ast.Return) and node.value for node in ast.walk(value.node))


def _needs(name: str, missing: list[str], line: int) -> UnknownNameError:
    listed = ", ".join(missing)
    options = " ".join([f"--set {one}=..." for one in missing])
    return UnknownNameError(
        f"{name} needs {listed} before it makes a network",
        line=line,
        hint=f"give the values: {options}; or make the object in the file: model = {name}(...)",
    )
