"""Why files of PyTorch that hold no graph are not read, by what is in them; unpickles nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from convwise.dialects.archive import Archive
from convwise.errors import ConvwiseError, ReadError

_EXPORT: Final = "torch.export.save(torch.export.export(model, args), 'x.pt2')"
_WAY_OUT: Final = f"{_EXPORT}, or give the code that defines the network"
#: The first bytes of a pickle of protocol 2 or later, and of PyTorch's oldest files.
_PICKLES: Final = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_HEAD: Final = 64


def refusal(path: Path) -> ReadError:
    """The error for a file; its hint says what can be given instead."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        return ReadError(
            f"cannot be opened: {error.strerror or error}", hint="give a file that is there"
        )
    if zipfile.is_zipfile(path):
        return _archive(path)
    if path.suffix.lower() == ".safetensors" or _is_safetensors(head):
        return ReadError(
            "holds weights only: which layers use them, and in which order, is not in it",
            hint=f"give the code that defines the network, or {_EXPORT}",
        )
    if head.startswith(_PICKLES):
        return _pickle("a pickle")
    if not head:
        return ReadError("is empty", hint=_WAY_OUT)
    return _pickle("a pickle, or a file of weights,")


def _archive(path: Path) -> ReadError:
    try:
        with Archive(path) as archive:
            names = archive.names
    except ConvwiseError:
        return _pickle("a pickle in a broken archive")
    if any(_is_part(one, "code/") for one in names):
        return ReadError(
            "is a TorchScript archive: compiled code of torch.jit and pickles, which can run code "
            "when they are loaded",
            hint=f"export the module that it was scripted from: {_EXPORT}",
        )
    if any(_is_part(one, "models/") and one.endswith(".json") for one in names):
        return ReadError(
            "is a program of torch.export under another name", hint="name the file x.pt2"
        )
    return _pickle("a pickle in an archive")


def _is_part(name: str, folder: str) -> bool:
    """Whether a member stands in a folder at the top, or in one below the archive's own."""
    return name.startswith(folder) or name.partition("/")[2].startswith(folder)


def _pickle(what: str) -> ReadError:
    return ReadError(
        f"is {what} of torch.save: loading it can run any code, and a state_dict has no layers",
        hint=_WAY_OUT,
    )


def _is_safetensors(head: bytes) -> bool:
    """Eight bytes of a length, then JSON."""
    return len(head) > 9 and head[8:9] == b"{" and head[:1] != b"{"
