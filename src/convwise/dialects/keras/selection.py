"""Which model of a source is wanted, and its graph; must never interpret code itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

from convwise.dialects.keras.blocks import Block, as_block, flat, new_input, unknown_tensor
from convwise.dialects.keras.context import Context
from convwise.dialects.keras.models import Ends, Model
from convwise.dialects.keras.pieces import pieces
from convwise.dialects.keras.symbols import Symbol
from convwise.dialects.keras.user import UserModel
from convwise.dialects.python.callable_values import missing_in, settings_for
from convwise.dialects.python.checks import closest
from convwise.dialects.python.values import (
    At,
    Instance,
    Problem,
    ProgramError,
    Unknown,
    UserClass,
    UserFunction,
)
from convwise.errors import ConvwiseError, ReadError, RuleError, UnknownNameError
from convwise.graph.nodes import Graph


class Found(NamedTuple):
    """A model under its name in the source."""

    name: str
    model: Model


@final
class Selection:
    """The models of one reading. `found`: those with names, in order; made on demand otherwise."""

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
        self.found = self._search()

    def _search(self) -> list[Found]:
        found = self._of_names(self.names) or self._of_objects() or self._inside()
        if not found:
            found = self._made_by(UserFunction) or self._made_by(UserClass)
            found = found or self._of_objects() or self._inside()
        # Where a statement stops, what is left over is no network that anybody meant.
        return found or ([] if self.problems else self._pieces())

    def _of_names(self, names: Mapping[str, object]) -> list[Found]:
        """Models that variables hold, each under its first name."""
        found: list[Found] = []
        seen: set[int] = set()
        for name, value in names.items():
            model = as_block(value)
            if isinstance(model, Model) and id(model) not in seen and not model.is_empty():
                seen.add(id(model))
                found.append(Found(name, model))
        return found

    def _of_objects(self) -> list[Found]:
        """Models that objects of the file's own classes hold, under the attributes' names."""
        fields: dict[str, object] = {}
        for value in self.names.values():
            if type(value) is Instance and as_block(value) is None:
                fields.update(value.fields)
        return self._of_names(fields)

    def _inside(self) -> list[Found]:
        """Models that were made but that no variable of the file holds: the outermost ones."""
        models = [one for one in self.context.models if not one.is_empty()]
        inner = {id(child) for model in models for child in model.children()}
        outer = [model for model in models if id(model) not in inner]
        return [Found(model.name, model) for model in outer]

    def _made_by(self, sort: type[object]) -> list[Found]:
        """Models that functions (or classes) of the file make when called without arguments."""
        found = []
        for name, value in list(self.names.items()):
            if type(value) is not sort or not isinstance(value, (UserClass, UserFunction)):
                continue
            missing = missing_in(value, self.settings)
            if not missing:
                found.extend(self._called(name, value))
            elif isinstance(value, UserFunction) and self.context.given and _is_maker(value):
                found.extend(self._tried(name, value, missing))
        return found

    def _tried(self, name: str, value: Any, missing: list[str]) -> list[Found]:
        """What a function makes of a tensor, when the user gives an input's shape for it."""
        if len(missing) > 1:
            return []
        sizes = self.context.given.get(missing[0]) or self.context.given.get(None)
        if sizes is None:
            return []
        symbol = new_input(self.context, sizes, missing[0], value.line)
        taken = settings_for(value, self.settings)
        try:
            made = self.context.interpreter.call(value, [symbol], taken, At(value.line))
        except ProgramError:
            return []
        outputs = [one for one in flat(made) if type(one) is Symbol and one is not symbol]
        model = pieces(self.context, {name: outputs[0]}) if outputs else None
        return [Found(name, model)] if model is not None else []

    def _called(self, name: str, value: Any) -> list[Found]:
        line = value.line
        taken = settings_for(value, self.settings)
        self.context.recording.forget_names()
        try:
            made = self.context.interpreter.call(value, [], taken, At(line))
        except ProgramError:
            return []
        for one in flat(made):
            model = as_block(one)
            if isinstance(model, Model) and not model.is_empty():
                return [Found(name, model)]
        return []

    def _pieces(self) -> list[Found]:
        model = pieces(self.context, self.names)
        return [Found(model.name, model)] if model is not None else []

    def all(self) -> list[Found]:
        """Every model; ReadError when there is none."""
        if not self.found:
            raise self._nothing()
        return self.found

    def default(self) -> Found:
        """The model the file is about, with a note that names the others."""
        found = self.all()
        chosen = found[-1]
        if len(found) > 1:
            # A model that says no input shape is only taken when none says one.
            ready = [one for one in found if self.context.given or one.model.knows_input()]
            chosen = self._last_trained(ready or found) or _largest(ready or found)
            others = ", ".join([one.name for one in found if one is not chosen])
            self.context.note(
                "several-models",
                f"this is {chosen.name}; the source also has {others}: name one as SOURCE:NAME",
            )
        return chosen

    def _last_trained(self, found: list[Found]) -> Found | None:
        for model in reversed(self.context.compiled):
            for one in found:
                if one.model is model:
                    return one
        return None

    def named(self, name: str) -> Found:
        """The model of this name: a variable, a function or class that makes one, or its own."""
        value = self.names.get(name)
        model = as_block(value)
        if isinstance(model, Model):
            return Found(name, model)
        if isinstance(value, (UserFunction, UserClass)):
            missing = missing_in(value, self.settings)
            if missing:
                raise _needs(name, missing, value.line)
            made = self._called(name, value)
            if made:
                return made[0]
            raise ReadError(
                f"{value.describe()} makes no Keras model",
                line=value.line,
                hint="name a variable that holds one, or a function that returns one",
            )
        for one in self.found:
            if name in (one.name, one.model.name):
                return one
        for block in self.context.models:
            if block.name == name:
                return Found(name, block)
        if model is not None or type(value) is Symbol:
            single = pieces(self.context, {name: value})
            if single is not None:
                return Found(name, single)
        raise self._no_such(name)

    def _no_such(self, name: str) -> ReadError:
        known = list(dict.fromkeys([one.name for one in self.found]))
        near = closest(name, known)
        listed = f"its models are {', '.join(known)}" if known else "it defines no model"
        hint = f"did you mean {near}?" if near else listed
        return ReadError(f"the source has no model named {name}", hint=hint)

    def _nothing(self) -> ConvwiseError:
        """Why there is no model, as far as that is known."""
        for name, value in self.names.items():
            if isinstance(value, UserFunction) and _is_maker(value):
                missing = missing_in(value, self.settings)
                if missing:
                    return _needs(name, missing, value.line)
        for name, value in self.names.items():
            if isinstance(value, UserClass) and _is_model_class(value):
                missing = missing_in(value, self.settings)
                if missing:
                    return _needs(name, missing, value.line)
        if self.context.models:
            model = self.context.models[0]
            if isinstance(model, UserModel):
                return RuleError(
                    f"the class {model.class_name} has no method call(self, inputs)",
                    line=model.line,
                    hint="define call: it says what the model does to its input",
                )
            return RuleError(
                f"the model {model.name} has no layers",
                line=model.line,
                hint="add layers, such as model.add(Dense(10))",
            )
        if self.problems:
            first = self.problems[0]
            return ReadError(
                f"no model was found, and this statement stops: {first.kind}: {first.message}",
                line=first.line,
                hint="correct it, or keep only the part that defines the network",
            )
        return ReadError(
            "no Keras model was found",
            hint="the source should make one, such as model = keras.Sequential([...])",
        )

    def graph(self, found: Found) -> Graph:
        """The network of a model, its layers named by their paths inside it."""
        model = found.model
        if model.poisoned is not None:
            raise UnknownNameError(
                f"what {found.name} is made of depends on {model.poisoned.what}, "
                f"which is not known here",
                line=model.poisoned.line,
                hint=self.context.setting_hint(model.poisoned),
            )
        at = At(model.line or 1)
        try:
            ends = model.ends(at)
        except ProgramError as error:
            raise ReadError(
                f"{found.name} stops when it is called: {error.kind}: {error.message}",
                line=error.line,
                hint="correct this line of the model",
            ) from None
        outputs = self._outputs(found, ends, at)
        self._flush()
        recording = self.context.recording
        return recording.cut(
            [one.value() for one in ends.inputs],
            [one.value() for one in outputs],
            found.name,
            ends.depth,
            self.context.owners,
        )

    def _outputs(self, found: Found, ends: Ends, at: At) -> list[Symbol]:
        outputs = []
        for one in flat(ends.outputs):
            if type(one) is Symbol:
                outputs.append(one)
            elif type(one) is Unknown:
                outputs.append(unknown_tensor(self.context, one, at))
        if not outputs:
            raise RuleError(
                f"{found.name} returns no tensor",
                line=found.model.line,
                hint="its call method must return what the last layer returned",
            )
        return outputs

    def _flush(self) -> None:
        """Hand the notes of the reading to the graph."""
        context = self.context
        if context.old_names:
            names = ", ".join(context.old_names)
            line = next(iter(context.old_names.values()))
            context.note("old-names", f"names of an older Keras are understood: {names}", line)
        for problem in self.problems:
            message = f"a statement was passed over: {problem.kind}: {problem.message}"
            context.note("passed-over", message, problem.line)
        for (code, message), line in context.notes.items():
            context.recording.builder.note(code, message, None, line)
        context.notes.clear()
        context.old_names.clear()


def _largest(found: list[Found]) -> Found:
    """The last of those with the most layers."""
    best = found[0]
    most = -1
    for one in found:
        size = _size(one.model, set())
        if size >= most:
            best, most = one, size
    return best


def _size(block: Block, seen: set[int]) -> int:
    if id(block) in seen:
        return 0
    seen.add(id(block))
    return 1 + sum([_size(child, seen) for child in block.children()])


def _needs(name: str, missing: list[str], line: int) -> UnknownNameError:
    listed = ", ".join(missing)
    options = " ".join([f"--set {one}=..." for one in missing])
    tensor = f"; if {missing[0]} is a tensor, its shape: --input {missing[0]}=224,224,3"
    return UnknownNameError(
        f"{name} needs {listed} before it makes a model",
        line=line,
        hint=f"give the values: {options}{tensor if len(missing) == 1 else ''}",
    )


def _is_model_class(value: object) -> bool:
    from convwise.dialects.keras.bases import Base

    if not isinstance(value, UserClass):
        return False
    base = value.framework
    return isinstance(base, Base) and base.name in ("Model", "Sequential", "Functional")


def _is_maker(value: UserFunction) -> bool:
    """Whether a function mentions Keras's models or layers, judged by the names it uses."""
    import ast

    wanted = {"Sequential", "Model", "Functional", "Input", "Conv2D", "Dense"}
    for node in ast.walk(value.node):
        if isinstance(node, ast.Name) and node.id in wanted:
            return True
        if isinstance(node, ast.Attribute) and node.attr in wanted:
            return True
    return False


__all__ = ["Found", "Instance", "Selection"]
