"""How long a classic NetCDF file has to be, by its header; reads no values.

The C library reads zeros past the end of a file that was cut short, without a word.
Source: the NetCDF classic and 64-bit offset format specification.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO, final

from convwise.errors import ReadError

_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
_VARIABLES = 11


def check_length(path: str) -> None:
    """Raises ReadError when a classic file ends before its last value; others pass."""
    with open(path, "rb") as file:
        first = file.read(4)
        if first[:3] != b"CDF" or first[3:] not in (b"\x01", b"\x02", b"\x05"):
            return
        try:
            needed = _Header(file, first[3]).end()
        except (struct.error, KeyError, IndexError):
            needed = None
    size = os.path.getsize(path)
    if needed is None or size < needed:
        wanted = "before the end of its header" if needed is None else f"of {needed} it needs"
        raise ReadError(
            f"{path}: cannot be read: the file ends after {size} bytes {wanted}",
            hint="the file is cut short: copy it or download it again",
        )


@final
class _Header:
    """A walk through the header, field by field in the order of the format."""

    def __init__(self, file: BinaryIO, version: int) -> None:
        self._file = file
        self._size = ">q" if version == 5 else ">i"
        self._offset = ">i" if version == 1 else ">q"

    def _number(self, form: str) -> int:
        return int(struct.unpack(form, self._file.read(struct.calcsize(form)))[0])

    def _skip(self, count: int) -> None:
        padded = -(-count // 4) * 4
        if len(self._file.read(padded)) < padded:
            raise IndexError

    def _attributes(self) -> None:
        self._number(">i")
        for _ in range(self._number(self._size)):
            self._skip(self._number(self._size))
            size = _BYTES[self._number(">i")]
            self._skip(size * self._number(self._size))

    def end(self) -> int:
        """The byte behind the last value of the last variable."""
        records = self._number(self._size)
        self._number(">i")
        lengths = []
        for _ in range(self._number(self._size)):
            self._skip(self._number(self._size))
            lengths.append(self._number(self._size))
        self._attributes()
        if self._number(">i") != _VARIABLES:
            return 0
        found = [self._variable(lengths) for _ in range(self._number(self._size))]
        fixed = [begin + size for begin, size, in_records in found if not in_records]
        varying = [(begin, size) for begin, size, in_records in found if in_records]
        return max([0, self._last_record(varying, records), *fixed])

    def _variable(self, lengths: list[int]) -> tuple[int, int, bool]:
        """Where a variable begins, its bytes (of one record where it has records)."""
        self._skip(self._number(self._size))
        sizes = [lengths[self._number(self._size)] for _ in range(self._number(self._size))]
        self._attributes()
        count = _BYTES[self._number(">i")]
        self._number(self._size)
        begin = self._number(self._offset)
        in_records = bool(sizes) and sizes[0] == 0
        for size in sizes[1:] if in_records else sizes:
            count *= size
        return begin, count, in_records

    def _last_record(self, varying: list[tuple[int, int]], records: int) -> int:
        if not varying or records <= 0:
            return 0
        padded = [-(-size // 4) * 4 for _, size in varying]
        step = varying[0][1] if len(varying) == 1 else sum(padded)
        return max(begin + (records - 1) * step + size for begin, size in varying)
