"""Identifiers for layers and values; must never return what Python or PyTorch reserve."""

from __future__ import annotations

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Sequence
from typing import final

#: What `torch.nn.Module` calls its own, and what a written file calls its imports.
_OF_MODULES = (
    "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda "
    "device double dump_patches eval extra_repr float forward get_buffer get_extra_state "
    "get_parameter get_submodule half ipu load_state_dict modules mtia named_buffers "
    "named_children named_modules named_parameters parameters register_backward_hook "
    "register_buffer register_forward_hook register_forward_pre_hook "
    "register_full_backward_hook register_full_backward_pre_hook "
    "register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module "
    "register_parameter register_state_dict_post_hook register_state_dict_pre_hook "
    "requires_grad_ set_extra_state set_submodule share_memory state_dict to to_empty train "
    "training type xpu zero_grad self torch nn F math initialise"
)
_MODULE = frozenset(_OF_MODULES.split())
_RESERVED = _MODULE | frozenset(keyword.kwlist) | frozenset(dir(builtins))
_OTHER = re.compile(r"[^0-9A-Za-z]+")


def identifier(text: str) -> str:
    """A lower-case ASCII identifier close to the text: "block/conv (2)" is block_conv_2."""
    name = _OTHER.sub("_", text).strip("_").lower()[:60].rstrip("_")
    if not name:
        return "layer"
    return f"layer_{name}" if name[0].isdigit() else name


def short_names(paths: Sequence[str]) -> list[str]:
    """An identifier for each path: of its last part where no other path ends like it."""
    ends = [identifier(path.rpartition("/")[2]) for path in paths]
    often = Counter(ends)
    return [
        end if often[end] == 1 else identifier(path) for end, path in zip(ends, paths, strict=True)
    ]


def class_name(text: str) -> str:
    """A class's name close to the text: "res-net 50" is ResNet50."""
    parts = [part for part in _OTHER.split(text) if part]
    name = "".join([part[0].upper() + part[1:] for part in parts])[:60]
    if not name or name in _RESERVED or name[0].isdigit():
        return f"Network{name}"
    return name


@final
class Names:
    """Hands out every name once: a second `conv` is `conv_2`."""

    def __init__(self, taken: frozenset[str] = frozenset()) -> None:
        self._taken = set(taken)

    def new(self, wanted: str) -> str:
        """The wanted name, or the first free one with a number, or an underscore, behind it."""
        name = f"{wanted}_" if wanted in _RESERVED else wanted
        base = name.rstrip("_")
        number = 2
        while name in self._taken:
            name = f"{base}_{number}"
            number += 1
        self._taken.add(name)
        return name
