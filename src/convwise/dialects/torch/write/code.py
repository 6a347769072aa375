"""Composes the file: remarks, imports, helpers, the class; writes no single operation.

Everything in the text is either ours or has passed `text.literal`, `text.comment` or
`names.identifier`: nothing of somebody's source becomes code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from convwise.dialects.torch.write.forward import Forward
from convwise.dialects.torch.write.helpers import helper_names, helper_texts
from convwise.dialects.torch.write.initial import initialiser
from convwise.dialects.torch.write.modules import Attribute, Modules, Place
from convwise.dialects.torch.write.names import class_name, short_names
from convwise.dialects.torch.write.text import WIDTH, comment, wrapped
from convwise.dialects.torch.write.writer import Writer
from convwise.errors import RuleError
from convwise.graph.axes import Tensor
from convwise.graph.dims import Dim, sum_dims
from convwise.graph.nodes import Graph

_MODULE: Final = re.compile(r"\bnn\.([A-Z]\w+)\(")
_DIALECTS: Final = {
    "keras": "Keras",
    "torch": "PyTorch",
    "tensorflow1": "TensorFlow 1",
    "matlab": "MATLAB",
    "onnx": "ONNX",
}


class Written(NamedTuple):
    """A file's text and the name of its class.

    places: where it keeps every weight of the graph. seen: its inputs under the roles in which
    they are used. cuts: per node asked for, how many lines of `forward` stand in front of it.
    """

    text: str
    class_name: str
    places: dict[str, Place]
    seen: list[Tensor]
    cuts: Mapping[int, int] = MappingProxyType({})


def write_code(graph: Graph) -> str:
    """The network as the text of a Python file that needs PyTorch only.

    Images are channels first. Raises ConvwiseError with the layer for what has no PyTorch code.
    """
    return written(graph).text


def written(graph: Graph, cuts: Collection[int] = ()) -> Written:
    """The same, with where each weight is; no line reaches over a node of `cuts`."""
    if graph.unknown:
        fact = graph.unknown[0]
        raise RuleError(
            f"{fact.what}, so that no code can be written for it",
            hint="convwise summary lists everything that is unknown",
            line=fact.line,
        ).at(layer=fact.layer)
    short = short_names([layer.name for layer in graph.layers])
    modules = Modules(graph, short)
    writer = Writer(graph, modules, Forward(graph, short))
    writer.run(cuts)
    name = class_name(graph.name)
    if name in helper_names():
        name = f"{name}Network"
    body = _class(writer, name)
    extra = ["\n".join(lines) for lines in (_initialiser(writer),) if lines]
    blocks = [*helper_texts(writer.helpers), *extra, "\n".join(body)]
    code = "\n\n\n".join(blocks)
    head = [*_docstring(writer), "", *_imports(code)]
    text = "\n".join(head) + "\n\n\n" + code + "\n"
    seen = [writer.seen(value) for value in graph.inputs]
    prologue = len(writer.forward.prologue)
    lines = {node: prologue + count for node, count in writer.forward.cuts.items()}
    return Written(text, name, modules.places, seen, lines)


def _imports(code: str) -> list[str]:
    """What the code uses, the standard library first."""
    lines = ["import math", ""] if "math." in code else []
    lines.append("import torch")
    if re.search(r"\bF\.", code):
        lines.append("import torch.nn.functional as F")
    lines.append("from torch import nn")
    return (
        lines
        if "torch." in code.replace("from torch", "")
        else [line for line in lines if line != "import torch"]
    )


def _docstring(writer: Writer) -> list[str]:
    """What the network was made of, what goes in and out, what it weighs."""
    graph = writer.graph
    source = _DIALECTS.get(graph.dialect, "convwise")
    lines = [f'"""{comment(graph.name)}, written by convwise from its {source} description.', ""]
    ends = (("Input", graph.inputs), ("Output", graph.outputs))
    for what, values in ends:
        for number, value in enumerate(values):
            label = what if len(values) == 1 else f"{what} {number + 1}"
            order = writer.order_of[value] if what == "Input" else writer.returned[number]
            axes = [graph.tensor(value).axes[axis] for axis in order]
            seen = writer.seen(value) if what == "Input" else graph.tensor(value)
            roles = [seen.axes[axis].role or "-" for axis in order]
            shape = ", ".join([str(axis.dim) for axis in axes])
            lines.append(f"{label}: ({comment(shape)}), that is ({', '.join(roles)}).")
    lines.extend(_totals(graph))
    lines.extend([comment(text) + "." for text in writer.remarks])
    return [*lines, '"""']


def _totals(graph: Graph) -> list[str]:
    """Numbers of parameters and of statistics, which PyTorch keeps as buffers."""
    statistics = statistic_names(graph)
    learned = [w.elements for w in graph.weights.values() if w.trainable]
    kept = [w.elements for name, w in graph.weights.items() if name in statistics]
    frozen = [
        w.elements
        for name, w in graph.weights.items()
        if not w.trainable and name not in statistics
    ]
    text = f"Parameters: {_number(sum_dims([*learned, *frozen]))}"
    if frozen:
        text += f", of which {_number(sum_dims(frozen))} are frozen"
    if kept:
        text += f"; moving statistics in buffers: {_number(sum_dims(kept))}"
    return [f"{text}."]


def statistic_names(graph: Graph) -> set[str]:
    """The weights that are statistics, not learned: Keras counts them, PyTorch buffers them."""
    found: set[str] = set()
    for node in graph.nodes:
        if node.weights:
            specs = node.kind.weights(node.operands)
            pairs = zip(specs, node.weights, strict=True)
            found.update([name for spec, name in pairs if spec.statistic])
    return found


def _number(size: Dim) -> str:
    return f"{size:,}" if isinstance(size, int) else comment(str(size))


def _initialiser(writer: Writer) -> list[str]:
    return initialiser(writer.graph.dialect, _classes(writer.modules.attributes))


def _classes(attributes: list[Attribute]) -> set[str]:
    return {name for one in attributes for name in _MODULE.findall(one.constructor)}


def _class(writer: Writer, name: str) -> list[str]:
    lines = [f"class {name}(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    for attribute in writer.modules.attributes:
        lines.extend(_attribute(attribute))
    lines.extend([f"        {tie}" for tie in writer.modules.ties])
    lines.extend(_frozen(writer))
    if _initialiser(writer):
        lines.append("        self.apply(initialise)")
    arguments = ", ".join(["self", *writer.arguments])
    lines.extend(["", f"    def forward({arguments}):"])
    lines.extend([f"        {line}" for line in writer.forward.prologue])
    lines.extend(writer.forward.lines)
    lines.extend(wrapped("        ", f"return {writer.result}"))
    return lines


def _attribute(attribute: Attribute) -> list[str]:
    name, constructor, remark = attribute
    buffer = not constructor.startswith("nn.Parameter") and constructor.startswith("torch.")
    if buffer:
        lines = wrapped("        ", f'self.register_buffer("{name}", {constructor})')
    else:
        lines = wrapped("        ", f"self.{name} = {constructor}")
    if remark and len(lines[-1]) + len(remark) + 4 <= WIDTH:
        lines[-1] += f"  # {remark}"
    return lines


def _frozen(writer: Writer) -> list[str]:
    """Weights that training leaves alone."""
    statistics = statistic_names(writer.graph)
    paths = [
        place.path
        for name, place in writer.modules.places.items()
        if not writer.graph.weights[name].trainable and name not in statistics
    ]
    whole: dict[str, list[str]] = {}
    for path in paths:
        whole.setdefault(path.partition(".")[0], []).append(path)
    lines = []
    for owner, found in whole.items():
        mine = [
            name
            for name, place in writer.modules.places.items()
            if place.path.partition(".")[0] == owner and name not in statistics
        ]
        targets = [owner] if len(mine) == len(found) else found
        lines.extend([f"        self.{target}.requires_grad_(False)" for target in targets])
    return lines
