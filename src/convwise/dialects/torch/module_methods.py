"""Methods that every module of PyTorch has; what they return, never what they compute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from convwise.dialects.python.functions import Inert
from convwise.dialects.python.values import At, Unknown
from convwise.dialects.torch.blocks import Arguments, Block, Method, as_block, tree
from convwise.dialects.torch.parameters import Weight


def weights_of(root: Block) -> Iterator[tuple[str, Weight]]:
    """All weights under a module by their names, shared ones once."""
    seen: set[int] = set()
    for path, block in tree(root):
        for name, weight in (*block.made_weights().items(), *block.weights.items()):
            if id(weight) not in seen:
                seen.add(id(weight))
                yield (f"{path}.{name}" if path else name), weight


def _same(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return block.face


def _parameters(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return [weight for _, weight in weights_of(block)]


def _named_parameters(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return list(weights_of(block))


def _modules(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return [one.face for _, one in tree(block)]


def _named_modules(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return [(path, one.face) for path, one in tree(block)]


def _children(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return [one.face for one in block.children.values()]


def _named_children(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return [(name, one.face) for name, one in block.children.items()]


def _buffers(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return [value for _, one in tree(block) for value in one.buffers.values()]


def _named(args: list[Any], kwargs: Arguments, first: str, second: str) -> tuple[Any, Any]:
    given = dict(zip((first, second), args, strict=False))
    given.update(kwargs)
    return given.get(first), given.get(second)


def _add_module(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    name, module = _named(args, kwargs, "name", "module")
    if type(name) is str:
        _keep(block, name, module)
        if module is not None and as_block(module) is None and isinstance(module, Unknown):
            block.poison(module)
    elif isinstance(name, Unknown):
        block.poison(name)
    return None


def _keep(block: Block, name: str, value: object) -> None:
    if block.instance is not None:
        block.instance.fields[name] = value
    block.register(name, value)


def _register_buffer(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    name, value = _named(args, kwargs, "name", "tensor")
    if type(name) is str:
        block.buffers[name] = value
        _keep(block, name, value)
    return None


def _register_parameter(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    name, value = _named(args, kwargs, "name", "param")
    if type(name) is str:
        _keep(block, name, value)
    return None


def _requires_grad(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    wanted = args[0] if args else kwargs.get("requires_grad", True)
    if type(wanted) is bool:
        for _, weight in weights_of(block):
            weight.trainable = wanted
    return block.face


def _submodule(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    wanted = args[0] if args else kwargs.get("target")
    for path, one in tree(block):
        if path == wanted:
            return one.face
    return Unknown(f"the submodule {wanted!r:.60}", at.line)


def _state_dict(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return dict(weights_of(block))


def _inert(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return Inert("a handle")


def _nothing(block: Block, args: list[Any], kwargs: Arguments, at: At) -> object:
    return None


_SAME = (
    "train",
    "eval",
    "to",
    "cuda",
    "cpu",
    "half",
    "float",
    "double",
    "bfloat16",
    "type",
    "to_empty",
    "share_memory",
    "apply",
    "compile",
    "xpu",
)
_HOOKS = (
    "register_forward_hook",
    "register_forward_pre_hook",
    "register_full_backward_hook",
    "register_backward_hook",
)
_NOTHING = (
    "load_state_dict",
    "zero_grad",
    "extra_repr",
    "reset_parameters",
    "init_weights",
    "_init_weights",
    "_load_from_state_dict",
)

METHODS: Final[dict[str, Method]] = {
    **dict.fromkeys(_SAME, _same),
    **dict.fromkeys(_HOOKS, _inert),
    **dict.fromkeys(_NOTHING, _nothing),
    "parameters": _parameters,
    "named_parameters": _named_parameters,
    "modules": _modules,
    "named_modules": _named_modules,
    "children": _children,
    "named_children": _named_children,
    "buffers": _buffers,
    "add_module": _add_module,
    "register_module": _add_module,
    "register_buffer": _register_buffer,
    "register_parameter": _register_parameter,
    "requires_grad_": _requires_grad,
    "get_submodule": _submodule,
    "state_dict": _state_dict,
}
