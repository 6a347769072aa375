"""What all Keras values of one reading share: recording, interpreter, notes, inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from convwise.dialects.keras.recording import Recording, Shape
from convwise.dialects.python.binding import free_name, setting_hint
from convwise.dialects.python.fragments import assigned_call
from convwise.dialects.python.values import At, Unknown
from convwise.errors import MissingInputError, UnknownNameError
from convwise.graph.dims import Dim

if TYPE_CHECKING:
    from convwise.dialects.python.interpreter import Interpreter


class Context:
    """One reading. `given`: input shapes from the user; `models`: every model made, in order."""

    def __init__(self, text: str, given: Mapping[str | None, Shape]) -> None:
        self.text = text
        self.free_inputs: dict[str, Any] = {}
        self.given = given
        self.recording = Recording()
        self.models: list[Any] = []
        self.compiled: list[Any] = []
        self.owners: dict[int, Any] = {}
        self._weights: dict[tuple[int, str], int] = {}
        self.old_names: dict[str, int | None] = {}
        self.notes: dict[tuple[str, str], int | None] = {}
        self._interpreter: Interpreter | None = None

    @property
    def interpreter(self) -> Interpreter:
        assert self._interpreter is not None
        return self._interpreter

    def attach(self, interpreter: Interpreter) -> None:
        """The interpreter that calls functions and methods of the file."""
        self._interpreter = interpreter

    def note(self, code: str, message: str, line: int | None = None) -> None:
        """Something worth telling once about how the file was read."""
        self.notes.setdefault((code, message), line)

    def note_old(self, names: tuple[str, ...], line: int | None) -> None:
        """Parameter names of Keras 1 that were understood."""
        for name in names:
            self.old_names.setdefault(name, line)

    def weight_name(self, row: int, name: str) -> str:
        """A name for a weight that no other weight of the layer has."""
        count = self._weights.get((row, name), 0)
        self._weights[row, name] = count + 1
        return f"{name}_{count}" if count else name

    def setting_hint(self, unknown: Unknown) -> str:
        """How the user can tell a value that is not known: by the variable it goes into."""
        words = unknown.what.split("`")
        named = words[1] if len(words) > 1 else ""
        variable = assigned_call(self.text, unknown.line, named)
        return f"give its value: --set {variable}=..." if variable else setting_hint(unknown)

    def path(self, name: str) -> str:
        """A layer's name with the models and blocks that are being called around it."""
        return "/".join((*self.recording.scope, name))

    def sizes_from(self, name: str | None, read: Callable[[], Shape]) -> Shape:
        """An input's sizes as the code says them; what it cannot say, the user may have given."""
        try:
            sizes = read()
        except UnknownNameError:
            given = self.given.get(name) or self.given.get(None)
            if given is None:
                raise
            return given
        found = self.sizes_of(name, sizes)
        for word in found if found is sizes else ():
            if type(word) is str:
                self.note(
                    "free-size", f"{word} is not known here and left free: --set {word}=... sets it"
                )
        return found

    def sizes_of(self, name: str | None, sizes: Shape) -> Shape:
        """An input's sizes: what the user gives for it goes before what the code says."""
        given = self.given.get(name) if name in self.given else self.given.get(None)
        if given is None or len(given) != len(sizes) or given == sizes:
            return sizes
        self.note("input-given", f"the input is read as {given}, where the code says {sizes}")
        return given

    def fixed(self, dims: tuple[Dim, ...], at: At) -> Any:
        """A tensor of fixed values inside of the network, such as random numbers per example."""
        from convwise.dialects.keras.arithmetic import constant
        from convwise.dialects.keras.table.views import guess
        from convwise.graph.axes import tensor

        return constant(self, tensor(dims, guess(len(dims), "channels_last")), at)

    def free_input(self, unknown: Unknown, at: At) -> Any:
        """The input that a fragment calls by a name it does not define; None for anything else.

        Raises UnknownNameError for a name that is defined further down, MissingInputError when
        its shape is not given.
        """
        name = free_name(unknown)
        if name is None:
            return None
        found = self.free_inputs.get(name)
        if found is None:
            found = self.free_inputs[name] = self._new_free_input(name, at)
        return found

    def _new_free_input(self, name: str, at: At) -> Any:
        from convwise.dialects.keras.blocks import new_input
        from convwise.dialects.python.fragments import defined_at

        line = defined_at(self.text, name)
        if line is not None and line > at.line:
            raise UnknownNameError(
                f"{name} is used here and defined only in line {line}",
                line=at.line,
                hint=f"move the definition of {name} up",
            )
        sizes = self.given.get(name) or self.given.get(None)
        if line is not None and line < at.line:
            return None
        if sizes is None:
            raise MissingInputError(
                f"{name} is defined nowhere; if it is the network's input, its shape is needed",
                line=at.line,
                hint=f"give its shape without batch, such as --input {name}=224,224,3",
            )
        return new_input(self, sizes, name, at.line)
