"""What a framework is given is small when it is walked from end to end, or Unknown."""

from __future__ import annotations

import pytest

from convwise.dialects.python.extent import (
    MOST_ELEMENTS,
    MOST_INTEGER,
    MOST_LEVELS,
    offered,
    offered_list,
    offered_names,
)
from convwise.dialects.python.limits import Limits, Meter
from convwise.dialects.python.values import Unknown


def doubled(times: int) -> list[object]:
    value: list[object] = [0]
    for _ in range(times):
        value = [value, value]
    return value


def nested(levels: int) -> object:
    value: object = 0
    for _ in range(levels):
        value = [value]
    return value


def in_itself() -> list[object]:
    value: list[object] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (doubled(60), "elements"),
        (tuple(doubled(60)), "elements"),
        ({0: doubled(60)}, "elements"),
        ([0] * (MOST_ELEMENTS + 1), "elements"),
        (nested(MOST_LEVELS), "levels"),
        (in_itself(), "levels"),
        (MOST_INTEGER + 1, "integer"),
        (-(10**5000), "integer"),
        ((3, (1, 1 << 10**6)), "integer"),
    ],
    ids=[
        "doubled list",
        "doubled tuple",
        "doubled list in a dictionary",
        "long list",
        "nested list",
        "list in itself",
        "large integer",
        "negative integer",
        "large integer inside",
    ],
)
def test_endless_values_are_not_known(value: object, what: str) -> None:
    meter = Meter(Limits())
    meter.line = 7
    found = offered(meter, value)
    assert isinstance(found, Unknown)
    assert what in found.what
    assert found.line == 7
    assert isinstance(offered_list(meter, [1, value])[1], Unknown)
    assert isinstance(offered_names(meter, {"filters": value})["filters"], Unknown)


@pytest.mark.parametrize(
    "value",
    [3, -1, True, None, 1e300, "a" * 10**6, (3, 3), [0] * 1000, {"a": [1]}, MOST_INTEGER, {3}],
)
def test_others_are_given_as_they_are(value: object) -> None:
    meter = Meter(Limits())
    assert offered(meter, value) is value
    assert offered_list(meter, [value])[0] is value


def test_walking_costs_steps() -> None:
    meter = Meter(Limits())
    before = meter.steps_left
    offered(meter, [0] * 10_000)
    assert before - meter.steps_left >= 1_000
