"""The table has every standard operator, or says why it has not."""

from __future__ import annotations

from onnx import defs

from convwise.dialects.onnx.table.index import NAMES, TOLD, entry_of, names
from convwise.dialects.onnx.table.unread import NOT_READ

#: What the reader knows without the table: constants, shapes, graphs inside of nodes.
_OF_THE_READER = {"Constant", "Shape", "Size", "If", "Loop", "Scan"}
_SINCE = 9


def _standard() -> set[str]:
    return {one.name for one in defs.get_all_schemas_with_history() if not one.domain}


def test_every_standard_operator_is_read_or_has_a_reason() -> None:
    assert set(NAMES) | set(NOT_READ) | _OF_THE_READER == _standard()
    assert not set(NAMES) & set(NOT_READ)
    assert set(TOLD) <= set(NOT_READ)


def test_every_name_has_its_entry() -> None:
    for name in (*NAMES, *TOLD):
        entry = entry_of("", name)
        assert entry is not None
        assert entry.name == name


def test_names_are_in_order_and_once() -> None:
    assert list(names()) == sorted(set(NAMES))
    assert len(names()) == len(NAMES) > 150


def test_other_domains_are_not_the_standard() -> None:
    assert entry_of("com.microsoft", "Conv") is None
    assert entry_of("ai.onnx", "Conv") is entry_of("", "Conv")
    assert entry_of("", "conv") is None


def test_reasons_are_short_and_told() -> None:
    assert all(0 < len(reason) < 80 for reason in NOT_READ.values())
