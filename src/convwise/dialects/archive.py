"""Reads members of zip archives into memory within limits; must never write to disk.

Archives come from anywhere: sizes are held to before anything is decompressed, and while it is.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Final, Self, final

from convwise.errors import ReadError

#: More members than any saved network has.
MOST_MEMBERS: Final = 20_000
#: No text shrinks further: an archive that claims more is made to fill a memory.
MOST_RATIO: Final = 200
_SMALL: Final = 1 << 20
_PIECE: Final = 1 << 20


@final
class Archive:
    """An open zip archive; use it in a `with`. Raises ReadError for what is none."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise ReadError(
                f"cannot be opened: {error.strerror or error}", hint="give a file that is there"
            ) from None
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise ReadError(
                f"is no zip archive: {str(error) or 'it is broken'}",
                hint="save the model again: the file is truncated, or of another format",
            ) from None
        self._members = self._listed()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def _listed(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        infos = self._zip.infolist()
        if len(infos) > MOST_MEMBERS:
            self._zip.close()
            raise ReadError(
                f"has {len(infos):,} members, at most {MOST_MEMBERS:,} are looked at",
                hint="save the model again with its framework",
            )
        for info in infos:
            if info.filename in found:
                self._zip.close()
                raise ReadError(
                    f"has two members named {info.filename!r:.60}",
                    hint="save the model again with its framework",
                )
            found[info.filename] = info
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names; they are keys, never paths."""
        return tuple(self._members)

    def read(self, name: str, most_bytes: int) -> bytes:
        """A member's content. Raises ReadError when it is absent, broken, encrypted, too large."""
        info = self._members.get(name)
        if info is None:
            raise ReadError(
                f"has no {name}", hint="save the model again: a part of the archive is missing"
            )
        if info.flag_bits & 0x1:
            raise ReadError(f"its {name} is encrypted", hint="save the model without a password")
        if info.file_size > most_bytes:
            raise _too_large(name, info.file_size, most_bytes)
        if info.file_size > max(_SMALL, MOST_RATIO * info.compress_size):
            raise ReadError(
                f"its {name} claims {info.file_size:,} bytes from {info.compress_size:,}",
                hint="save the model again: no configuration shrinks that far",
            )
        return self._content(info, most_bytes)

    def _content(self, info: zipfile.ZipInfo, most_bytes: int) -> bytes:
        """The bytes, counted while they are decompressed: a header may lie."""
        pieces = []
        size = 0
        try:
            with self._zip.open(info) as stream:
                while piece := stream.read(_PIECE):
                    size += len(piece)
                    if size > most_bytes:
                        raise _too_large(info.filename, size, most_bytes)
                    pieces.append(piece)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            raise ReadError(
                f"its {info.filename} is broken: {str(error) or 'it ends too early'}",
                hint="save the model again: the file is truncated or damaged",
            ) from None
        return b"".join(pieces)


def _too_large(name: str, size: int, most: int) -> ReadError:
    return ReadError(
        f"its {name} has {size:,} bytes, at most {most:,} are read",
        hint="a network's description is far smaller: is this a saved model?",
    )
