"""Finds the JSON of the graph in a .pt2 archive, in any of PyTorch's layouts; loads no weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final, NamedTuple

from convwise.dialects.archive import Archive
from convwise.errors import ReadError, UsageError

#: Records and lists in a JSON: a network of 25,000 operations has fewer.
MOST_PARTS: Final = 1_000_000
#: PyTorch 2.1 to 2.7 wrote the program here.
_OLD: Final = "serialized_exported_program.json"
_MODELS: Final = "models/"
_WEIGHTS: Final = "data/weights/"
_AOT: Final = "data/aotinductor/"
_AGAIN: Final = "torch.export.save(torch.export.export(model, args), 'x.pt2')"


class Described(NamedTuple):
    """The JSON of a program; where its weights lie in the archive, if it says so; its name."""

    program: object
    weights: object
    title: str


def described(path: Path, name: str | None, most_bytes: int) -> Described:
    """What the archive says, under the file's name or that of the wanted model.

    Raises ReadError for an archive without a program, UsageError for a model that it has not.
    """
    weights: object = None
    with Archive(path) as archive:
        member, title = _member(archive.names, name)
        program = _parsed(archive, member, most_bytes)
        head, found, tail = member.rpartition(_MODELS)
        place = f"{head}{_WEIGHTS}{tail.removesuffix('.json')}_weights_config.json"
        if found and place in archive.names:
            weights = _parsed(archive, place, most_bytes)
    return Described(program, weights, title or path.stem)


def _parsed(archive: Archive, member: str, most_bytes: int) -> object:
    raw = archive.read(member, most_bytes)
    if raw.count(b"[") + raw.count(b"{") > MOST_PARTS or raw.count(b",") > 3 * MOST_PARTS:
        raise ReadError(
            f"its {member.rpartition('/')[2]} has more than {MOST_PARTS:,} parts",
            hint="export a part of the network",
        )
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ReadError(
            f"its {member.rpartition('/')[2]} is no JSON: {str(error) or 'it nests too deeply'}",
            hint=f"save it again: {_AGAIN}",
        ) from None


def _member(names: tuple[str, ...], wanted: str | None) -> tuple[str, str]:
    """The member that holds the program. Folders are parts of names, never of a path on a disk."""
    if _OLD in names:
        if wanted is not None and wanted != "model":
            raise UsageError(f"there is no model {wanted!r:.60}", hint="it has one model")
        return _OLD, ""
    models: dict[str, str] = {}
    for one in names:
        head, found, tail = one.rpartition(_MODELS)
        if found and one.endswith(".json") and "/" not in tail and head.count("/") <= 1:
            models[tail.removesuffix(".json")] = one
    if wanted is not None and wanted not in models and models:
        raise UsageError(
            f"there is no model {wanted!r:.60}", hint="its models are " + ", ".join(sorted(models))
        )
    if not models:
        raise _without_program(names)
    chosen = wanted or ("model" if "model" in models else min(models))
    return models[chosen], "" if chosen == "model" else chosen


def _without_program(names: tuple[str, ...]) -> ReadError:
    if any(_AOT in one for one in names):
        return ReadError(
            "holds compiled code of AOTInductor and no graph",
            hint=f"give the program that it was compiled from: {_AGAIN}",
        )
    if any(one.endswith("data.pkl") for one in names):
        return ReadError("is a pickle of PyTorch under another name", hint=f"save it with {_AGAIN}")
    return ReadError("holds no program of torch.export", hint=f"save it with {_AGAIN}")
