"""ONNX's own cases of every operator: none is read into something that computes other numbers."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from convwise.dialects.onnx.table.index import NAMES, TOLD
from convwise.dialects.onnx.table.unread import NOT_READ, READ_IN_PART
from tests.dialects.onnx.backend_cases import (
    FORMS,
    Case,
    best,
    cases,
    is_empty,
    is_plain,
    outcome,
    outcomes,
    told_shape,
)

#: What else is not known in cases of operators that are read: what the cases feed.
_EMPTY = "a tensor without values"
OF_THE_CASES = {
    **dict.fromkeys(("BlackmanWindow", "HammingWindow", "HannWindow"), "a size that is fed"),
    **dict.fromkeys(("ConstantOfShape", "Range"), "what it makes of constants is a constant"),
    **dict.fromkeys((f"Reduce{one}" for one in ("L1", "L2", "Max", "Min", "Prod", "Sum")), _EMPTY),
    **dict.fromkeys(("ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"), _EMPTY),
    **dict.fromkeys(("Reshape", "Slice", "Split", "Trilu"), _EMPTY),
    "CastLike": "numbers of few bits",
    "Equal": "words",
    "Identity": "sequences",
    "OneHot": "places beyond the depth",
}
#: Read by the reader itself, and not where values decide.
CONTROL = ("Shape", "If", "Loop", "Scan", "SequenceMap")


@pytest.mark.parametrize("form", FORMS)
def test_no_case_is_wrong(form: str) -> None:
    found = outcomes(form)
    counts = Counter([one.state for one in found.values()])
    print(f"{form}: {dict(counts)}")
    wrong = {name: one.why for name, one in found.items() if one.state == "wrong"}
    assert not wrong
    assert counts["agrees"] > 850


def test_most_cases_agree() -> None:
    counts = Counter([one.state for one in best().values()])
    print(f"in the best form: {dict(counts)}")
    assert counts["agrees"] > 1170


def test_what_is_not_known_is_listed() -> None:
    """Each operator with a case that is not known is one that is not read, or read in part."""
    found = best()
    unknown = Counter([c.operator for c in cases() if found[c.name].state == "unknown"])
    print(f"unknown: {dict(unknown)}")
    standard = {case.operator for case in cases() if _is_standard(case)}
    named = {one for one in unknown if one in standard and one not in (*CONTROL, "expanded")}
    assert named - set(NOT_READ) - set(READ_IN_PART) == set(OF_THE_CASES)
    assert set(READ_IN_PART) <= set(NAMES)


def _is_standard(case: Case) -> bool:
    return all(node.domain in ("", "ai.onnx") for node in case.model.graph.node)


def test_shapes_are_told_where_arithmetic_is_not_known() -> None:
    """Also where the file declares no shape."""
    told = 0
    for case in cases():
        if case.operator not in (*TOLD, "Resize", "Attention") or not is_plain(case):
            continue
        found = told_shape(case)
        if found is not None:
            told += 1
            assert found == np.asarray(case.outputs[0]).shape, case.name
    assert told > 150


def test_another_number_is_found() -> None:
    case = next(one for one in cases() if one.name == "test_relu")
    moved = case._replace(outputs=[case.outputs[0] + np.float32(1e-3)])
    assert outcome(case, FORMS[0]).state == "agrees"
    assert outcome(moved, FORMS[0]).state == "wrong"


def test_another_shape_is_found() -> None:
    case = next(one for one in cases() if one.name == "test_relu")
    longer = case._replace(outputs=[case.outputs[0][None]])
    assert outcome(longer, FORMS[0]).state == "wrong"


def test_cases_hold_plain_tensors_for_the_most_part() -> None:
    plain = [case for case in cases() if is_plain(case) and not is_empty(case)]
    assert len(plain) > 0.8 * len(cases())
