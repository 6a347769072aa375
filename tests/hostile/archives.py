"""Zip archives that are broken or made to harm, around any one member."""

from __future__ import annotations

import io
import struct
import zipfile


def archive(members: dict[str, bytes], *, compress: bool = True) -> bytes:
    """A plain zip archive."""
    stream = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(stream, "w", kind) as made:
        for name, content in members.items():
            made.writestr(zipfile.ZipInfo(name), content, kind)
    return stream.getvalue()


def bomb(name: str, megabytes: int) -> bytes:
    """A member that is a thousand times as long as the archive."""
    stream = io.BytesIO()
    piece = b" " * (1 << 20)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        with made.open(info, "w", force_zip64=True) as member:
            for _ in range(megabytes):
                member.write(piece)
    return stream.getvalue()


def lying(raw: bytes, claimed: int) -> bytes:
    """The same archive, whose directory claims another length for its first member."""
    place = raw.index(b"PK\x01\x02")
    return raw[: place + 24] + struct.pack("<I", claimed) + raw[place + 28 :]


def encrypted(raw: bytes) -> bytes:
    """The same archive, whose first member says that it is encrypted."""
    place = raw.index(b"PK\x01\x02")
    return raw[: place + 8] + b"\x01\x00" + raw[place + 10 :]


def twice(name: str, first: bytes, second: bytes) -> bytes:
    """Two members of one name."""
    raw = archive({name: first, "x" * len(name): second}, compress=False)
    return raw.replace(b"x" * len(name), name.encode())


def crowded(name: str, content: bytes, count: int) -> bytes:
    """One member among very many."""
    members = {f"{number}": b"" for number in range(count)}
    return archive({name: content, **members}, compress=False)
