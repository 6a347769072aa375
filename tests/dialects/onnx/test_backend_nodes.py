"""ONNX's own cases of every operator: none is read into something that computes other numbers."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from convwise.dialects.onnx.table.index import NAMES, TOLD
from convwise.dialects.onnx.table.unread import NOT_READ
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

#: Operators of the table with cases that are not known, and what it is in them.
IN_PART = {
    "Attention": "scores that are capped or returned, windows of keys, keys of several lengths",
    "BlackmanWindow": "how many steps there are is fed",
    "Cast": "numbers of few bits",
    "CastLike": "numbers of few bits",
    "ConstantOfShape": "what a constant of a known shape holds is worked out by no network",
    "Equal": "words",
    "Dropout": "the mask, which is random",
    "GatherND": "axes that both have in common",
    "HammingWindow": "how many steps there are is fed",
    "HannWindow": "how many steps there are is fed",
    "Identity": "sequences",
    "LSTM": "peepholes",
    "MaxPool": "places that are counted column by column",
    "MaxUnpool": "another size than the windows give",
    "OneHot": "places beyond the depth",
    "Range": "bounds that are fed",
    "ReduceL1": "a tensor without values",
    "ReduceL2": "a tensor without values",
    "ReduceLogSum": "a tensor without values",
    "ReduceLogSumExp": "a tensor without values",
    "ReduceMax": "a tensor without values",
    "ReduceMin": "a tensor without values",
    "ReduceProd": "a tensor without values",
    "ReduceSum": "a tensor without values",
    "ReduceSumSquare": "a tensor without values",
    "Reshape": "a tensor without values",
    "Resize": "coordinates and pixels outside that the kinds do not have, antialias, aspects",
    "Slice": "a tensor without values",
    "Split": "a tensor without values",
    "Trilu": "a tensor without values",
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
    assert counts["agrees"] > 1160


def test_what_is_not_known_is_listed() -> None:
    """Each operator with a case that is not known is one that is not read, or read in part."""
    found = best()
    unknown = Counter([c.operator for c in cases() if found[c.name].state == "unknown"])
    print(f"unknown: {dict(unknown)}")
    standard = {case.operator for case in cases() if _is_standard(case)}
    named = {one for one in unknown if one in standard and one not in (*CONTROL, "expanded")}
    assert named - set(NOT_READ) == set(IN_PART)
    assert set(IN_PART) <= set(NAMES)


def _is_standard(case: Case) -> bool:
    return all(node.domain in ("", "ai.onnx") for node in case.model.graph.node)


def test_shapes_are_told_where_arithmetic_is_not_known() -> None:
    """Also where the file declares no shape."""
    told = 0
    for case in cases():
        if case.operator not in (*TOLD, "Resize") or not is_plain(case):
            continue
        found = told_shape(case)
        if found is not None:
            told += 1
            assert found == np.asarray(case.outputs[0]).shape, case.name
    assert told > 60


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
