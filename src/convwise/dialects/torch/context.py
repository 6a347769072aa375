"""What all PyTorch values of one reading share: recording, interpreter, notes, inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from convwise.dialects.python.binding import setting_hint
from convwise.dialects.python.fragments import assigned_call
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.torch.recording import Recording, Shape
from convwise.graph.dims import Dim

if TYPE_CHECKING:
    from convwise.dialects.python.interpreter import Interpreter
    from convwise.dialects.torch.blocks import Block
    from convwise.dialects.torch.parameters import Weight


class Example(NamedTuple):
    """What a module was called on from outside, arrays as their shapes.

    `outputs` are what the call returned, `nodes` the operations that ran in it.
    """

    block: Block
    args: list[object]
    kwargs: dict[str, object]
    outputs: object
    line: int
    nodes: Sequence[int] = ()


class Context:
    """One reading. `given`: input shapes from the user, without batch, by input or for all.

    `blocks`: every module made, in order; `examples`: calls from outside, in order; `depth`: how
    many modules are running; `selecting`: the file has been read, its network is being called.
    `calls`: how often a module was called on the same sizes; `registrations`: how often something
    was put into a module; `networks`: how many calls from outside there were.
    `rows`: the module that owns a row of the graph; `weight_rows`: the weight that a row holds;
    `unused_rows`: weights by role.
    """

    def __init__(self, text: str, given: Mapping[str | None, Shape], free_batch: bool) -> None:
        self.text = text
        self.given = given
        self.recording = Recording()
        self.recording.free_batch = free_batch
        self.blocks: list[Block] = []
        self.examples: list[Example] = []
        self.calls: dict[object, int] = {}
        self.registrations = 0
        self.networks = 0
        self.depth = 0
        self.selecting = False
        self.rows: dict[int, Block] = {}
        self.weight_rows: dict[int, Weight] = {}
        self.unused_rows: dict[int, dict[str, Weight]] = {}
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

    def setting_hint(self, unknown: Unknown) -> str:
        """How the user can tell a value that is not known: by the variable it goes into."""
        words = unknown.what.split("`")
        named = words[1] if len(words) > 1 else ""
        variable = assigned_call(self.text, unknown.line, named)
        return f"give its value: --set {variable}=..." if variable else setting_hint(unknown)

    def fixed(self, dims: tuple[Dim, ...], at: At, dtype: str = "float32") -> Any:
        """A tensor of fixed values inside of the network, such as random numbers per example."""
        from convwise.dialects.python.parameters import Part
        from convwise.dialects.torch.rows import operate
        from convwise.graph.axes import BATCH, FREE_BATCH, tensor
        from convwise.kinds.source import Constant

        roles = [BATCH if dim == FREE_BATCH else None for dim in dims]
        part = Part(Constant(tensor(dims, roles, dtype)))
        return operate(self, "constant", [part], [], at)[0]
