"""Makes a `torch.nn.Module` of a graph by running the code that `write` writes for it.

Running it is safe: the text is put together from our own pieces; of the graph it holds only
numbers, quoted strings and identifiers that are letters and digits (`write.text`, `write.names`).
Whatever else were in it would be refused here: imports other than PyTorch and `math`, and names
with two underscores other than `__init__`.
"""

from __future__ import annotations

import ast
import linecache
from typing import TYPE_CHECKING, Any

from convwise.dialects.torch.write.code import Written, written
from convwise.errors import ConvwiseError, UsageError
from convwise.graph.nodes import Graph

if TYPE_CHECKING:
    from torch.nn import Module as Module

_IMPORTS = ("torch", "torch.nn.functional", "math")


def to_torch(graph: Graph) -> Module:
    """The network as a module with freshly started weights; images are channels first.

    Raises ConvwiseError with the layer for what has no PyTorch code, UsageError without PyTorch.
    """
    try:
        import torch  # noqa: F401
    except ImportError:
        raise UsageError(
            "PyTorch is not installed", hint="pip install torch, or convwise convert --to torch"
        ) from None
    return build(written(graph))


def build(made: Written) -> Module:
    """An instance of the class in a written file."""
    tree = ast.parse(made.text)
    _must_be_ours(tree)
    filename = f"<convwise {made.class_name}>"
    # Tracebacks and inspect.getsource show the written lines.
    linecache.cache[filename] = (
        len(made.text),
        None,
        made.text.splitlines(keepends=True),
        filename,
    )
    space: dict[str, Any] = {"__name__": "convwise_written"}
    exec(compile(tree, filename, "exec"), space)
    module: Module = space[made.class_name]()
    return module


def _must_be_ours(tree: ast.Module) -> None:
    """ConvwiseError for anything that this package never writes."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name not in _IMPORTS]
        elif isinstance(node, ast.ImportFrom):
            names = [] if node.module == "torch" else [str(node.module)]
        elif isinstance(node, ast.Attribute):
            names = [node.attr] if _hidden(node.attr) else []
        elif isinstance(node, ast.Name):
            names = [node.id] if _hidden(node.id) else []
        if names:
            raise ConvwiseError(f"the written code holds {names[0]!r:.80}, which is not ours")


def _hidden(name: str) -> bool:
    return name.startswith("__") and name != "__init__"
