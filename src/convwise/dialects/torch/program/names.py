"""What the words in a program mean: targets, stacks of modules, places in the user's code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from convwise.dialects.torch.program.neutral import Module

_EMPTY: Final = "_empty_nn_module_stack_from_metadata_hook"
_PREFIXES: Final = ("torch.ops.", "torch._ops.")
_OWN: Final = "torch/nn/modules/"
_OPENING: Final = "[("
_CLOSING: Final = ")]"
_LIBRARY: Final = ("site-packages/", "dist-packages/", "/torch/nn/", "torch/fx/")


def target_of(target: str) -> tuple[str, str, str]:
    """`torch.ops.aten.conv2d.default` as namespace, name and overload."""
    for prefix in _PREFIXES:
        if target.startswith(prefix):
            parts = target[len(prefix) :].split(".")
            namespace, name = parts[0], parts[1] if len(parts) > 1 else ""
            return namespace, name, parts[2] if len(parts) > 2 else ""
    namespace, _, name = target.rpartition(".")
    return namespace or "python", name, ""


@lru_cache(maxsize=4096)
def modules_of(stack: str) -> tuple[Module, ...]:
    """The modules that are running: `key,path,class` joined by semicolons, outermost first."""
    found = []
    for entry in stack.split(";"):
        parts = _split(entry)
        if len(parts) == 3 and parts[0] != _EMPTY:
            found.append(module_of(*parts))
    return tuple(found)


def module_of(key: str, path: str, class_name: str) -> Module:
    """One entry of a stack; the path of the root is empty, in older files behind `L['self'].`."""
    for prefix in ("L['self'].", 'L["self"].'):
        path = path.removeprefix(prefix)
    if path in ("L['self']", 'L["self"]'):
        path = ""
    return Module(path, class_name, key)


def _split(entry: str) -> list[str]:
    """Three parts at commas that stand in no brackets."""
    found: list[str] = []
    start = depth = 0
    for place, letter in enumerate(entry):
        if letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth -= 1
        elif letter == "," and depth == 0:
            found.append(entry[start:place])
            start = place + 1
    found.append(entry[start:])
    return found


@lru_cache(maxsize=4096)
def place_of(trace: str) -> str:
    """File and line of the innermost code that is not PyTorch's: `model.py:12`."""
    found = ""
    for line in trace.splitlines():
        line = line.strip()
        if line.startswith('File "') and not any(one in line for one in _LIBRARY):
            file, _, rest = line[len('File "') :].partition('"')
            number = rest.removeprefix(", line ").partition(",")[0]
            if number.isdigit():
                found = f"{file.rpartition('/')[2]}:{number}"
    return found


@lru_cache(maxsize=4096)
def origin_of(trace: str) -> str:
    """The file of torch.nn.modules that the innermost code is in, without its ending."""
    last = trace.rpartition('File "')[2].partition('"')[0]
    _, found, tail = last.rpartition(_OWN)
    return tail.removesuffix(".py") if found else ""


def user_name(name: str, arguments: Sequence[str]) -> str:
    """What a user calls an input: the argument of `forward`, where the program's name is its."""
    if name in arguments:
        return name
    for one in arguments:
        if name == f"{one}_1":
            return one
    return name
    return name
