"""Operators, indices and `keras.ops` against live Keras: shapes, no weights, multiply-adds."""

from __future__ import annotations

import pytest

from tests.differential import operations
from tests.differential.compare import Unknown, differences, facts_of
from tests.differential.flops import Macs
from tests.differential.macs import said_of
from tests.differential.operations import OPERATIONS, OTHERS, Operation


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.expression for one in OPERATIONS])
def test_an_operation_is_what_keras_makes_of_it(operation: Operation) -> None:
    expected = operations.ask(operation)
    assert differences(expected, facts_of(operation.source)) == []
    learned = operation.macs if expected.trainable_parameters else 0
    assert said_of(operation.source) == Macs(operation.macs, 0, learned)


@pytest.mark.parametrize("operation", OTHERS, ids=[one.expression for one in OTHERS])
def test_another_operation_is_right_or_unknown(operation: Operation) -> None:
    said = facts_of(operation.source)
    if not isinstance(said, Unknown):
        assert differences(operations.ask(operation), said) == []
        assert said_of(operation.source) == Macs(operation.macs, 0, 0)
    else:
        assert said.what
