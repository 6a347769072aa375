"""Cuts the values of large weights out of a model's bytes, so that they are never loaded.

Walks the protobuf encoding of ONNX (https://protobuf.dev/programming-guides/encoding, onnx.proto).
Must never look at what a field means beyond where tensors lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from convwise.errors import LimitError, ReadError

#: Values longer than this are left out: shapes and attributes are told by far fewer.
LONGEST_VALUES: Final = 16 * 1024
#: What remains describes the network.
MOST_BYTES: Final = 8 * 1024 * 1024
#: A network of 10,000 layers has fewer operators.
MOST_NODES: Final = 50_000
#: Fields of the messages that are walked.
MOST_FIELDS: Final = 700_000
DEEPEST: Final = 60

Schema = Mapping[int, "Schema | None"]

# Messages by the numbers of their fields. A field that is not listed is kept as it is; None is left
# out where it is long, what has no fields of its own always.
_TENSOR: Final[dict[int, Schema | None]] = dict.fromkeys((4, 5, 6, 7, 9, 10, 11))
_DROPPED: Final[dict[int, Schema | None]] = {}
_SPARSE: Final[dict[int, Schema | None]] = {1: _TENSOR, 2: _TENSOR}
_ATTRIBUTE: Final[dict[int, Schema | None]] = {
    5: _TENSOR,
    10: _TENSOR,
    13: _DROPPED,
    14: _DROPPED,
    15: _DROPPED,
    22: _SPARSE,
    23: _SPARSE,
}
_NODE: Final[dict[int, Schema | None]] = {5: _ATTRIBUTE, 6: _DROPPED, 9: _DROPPED}
_GRAPH: Final[dict[int, Schema | None]] = {
    1: _NODE,
    5: _TENSOR,
    10: _DROPPED,
    14: _DROPPED,
    15: _SPARSE,
}
_ATTRIBUTE[6] = _ATTRIBUTE[11] = _GRAPH
_FUNCTION: Final[dict[int, Schema | None]] = {7: _NODE, 8: _DROPPED, 11: _ATTRIBUTE}
_MODEL: Final[dict[int, Schema | None]] = {7: _GRAPH, 14: _DROPPED, 20: _DROPPED, 25: _FUNCTION}

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


def trimmed(data: memoryview) -> bytes:
    """The model without the values of its large tensors, comments and metadata of its nodes.

    Raises ReadError where the bytes are no protobuf, LimitError where they hold too much.
    """
    return b"".join(_Walk(data).message(0, len(data), _MODEL, 0))


@dataclass(slots=True)
class _Walk:
    data: memoryview
    fields: int = 0
    kept: int = 0
    nodes: int = 0

    def message(self, start: int, end: int, schema: Schema, depth: int) -> list[bytes]:
        """The pieces of a message that remain."""
        if depth > DEEPEST:
            raise LimitError(
                f"graphs lie more than {DEEPEST // 3} deep in each other",
                hint="is this file meant to exhaust its reader?",
            )
        pieces: list[bytes] = []
        data = self.data
        place = first = start  # from `first` to `place`: kept, and not yet copied
        while place < end:
            key, after = data[place], place + 1
            if key > 127:
                key, after = self.number(place, end)
            begin, stop = self._inner(key, after, end)
            if key & 7 != _LENGTH or (key >> 3) not in schema:
                place = stop
                continue
            wanted = schema[key >> 3]
            if wanted is None and stop - begin <= LONGEST_VALUES:
                place = stop
                continue
            self._keep(pieces, first, place)
            if wanted:
                self.nodes += wanted is _NODE
                must_be_few(self.nodes)
                body = self.message(begin, stop, wanted, depth + 1)
                length = sum([len(piece) for piece in body])
                pieces.extend((bytes(data[place:after]), _varint(length), *body))
            place = first = stop
        self._keep(pieces, first, end)
        return pieces

    def _keep(self, pieces: list[bytes], start: int, end: int) -> None:
        if end == start:
            return
        self.kept += end - start
        if self.kept > MOST_BYTES:
            raise LimitError(
                f"describes its network in more than {MOST_BYTES:,} bytes besides the weights",
                hint="is this file meant to exhaust its reader?",
            )
        pieces.append(bytes(self.data[start:end]))

    def _inner(self, key: int, place: int, end: int) -> tuple[int, int]:
        """Where a field's content begins and ends."""
        self.fields += 1
        if self.fields > MOST_FIELDS:
            raise LimitError(
                f"has more than {MOST_FIELDS:,} fields",
                hint="is this file meant to exhaust its reader?",
            )
        wire = key & 7
        if wire == _LENGTH:
            length = self.data[place] if place < end else 128
            place += 1
            if length > 127:
                length, place = self.number(place - 1, end)
            stop = place + length
        elif wire == _VARINT:
            stop = self.number(place, end)[1]
        elif wire == _FIXED64:
            stop = place + 8
        elif wire == _FIXED32:
            stop = place + 4
        else:
            raise damaged(f"byte {place} starts no field")
        if stop > end or key < 8:
            raise damaged(f"a field at byte {place} ends outside of what holds it")
        return place, stop

    def number(self, place: int, end: int) -> tuple[int, int]:
        """A number of variable length, and where it ends."""
        data = self.data
        value = shift = 0
        while place < end and shift < 70:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value, place
            shift += 7
        raise damaged(f"a number at byte {place} does not end")


def must_be_few(count: int) -> None:
    """LimitError for more operators than networks have."""
    if count > MOST_NODES:
        raise LimitError(
            f"has more than {MOST_NODES:,} operators",
            hint="is it a network? export a part of it",
        )


def damaged(why: str) -> ReadError:
    """What is said of bytes that are no ONNX model."""
    return ReadError(
        f"is no ONNX model, or only a part of one: {why}",
        hint="export it again, or copy it again",
    )


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
