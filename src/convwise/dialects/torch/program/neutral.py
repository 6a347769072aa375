"""An exported program as plain records, whether it came from a file or lives; reads none itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from convwise.graph.dims import Dim


class Ref(NamedTuple):
    """A tensor by its name in the program."""

    name: str


class Meta(NamedTuple):
    """What the framework says about a tensor: exact sizes and its element type."""

    shape: tuple[Dim, ...]
    dtype: str
    trainable: bool = False


class Module(NamedTuple):
    """A module that is running: its path, the full name of its class, which call of it this is.

    base: the class of PyTorch's own whose forward a derived class runs.
    """

    path: str
    class_name: str
    call: str
    base: str = ""

    @property
    def short(self) -> str:
        """The class's own name."""
        return self.class_name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation: `aten.conv2d.default` has the namespace aten, name conv2d, overload default.

    arguments: by the operation's own names, in order: numbers, words, None, Ref, exact sizes, lists
    of these, Body. outputs: names of tensors; a tuple is a list of tensors, None is no tensor.
    modules: those that are running, outermost first. place: file and line of the user's code.
    origin: the file of torch.nn.modules that the operation stands in, if it does: "conv".
    """

    namespace: str
    name: str
    overload: str
    arguments: Mapping[str, Any]
    outputs: tuple[str | tuple[str, ...] | None, ...]
    modules: tuple[Module, ...] = ()
    place: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """Operations in order, what they take and what they give back."""

    inputs: tuple[str, ...]
    calls: tuple[Call, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A whole program.

    inputs: (name in the program, name that users know) of the tensors that are passed in.
    parameters, held: paths of parameters and of buffers and constants, by names in the program; a
    parameter that several modules share has the path of the first.
    tensors: what is said about every tensor.
    """

    name: str
    body: Body
    inputs: tuple[tuple[str, str], ...]
    parameters: Mapping[str, str]
    held: Mapping[str, str]
    tensors: Mapping[str, Meta]
