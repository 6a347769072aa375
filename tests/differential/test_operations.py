"""Operators, indices and `keras.ops` against live Keras: shapes, no weights, multiply-adds."""

from __future__ import annotations

import pytest

from tests.differential import operations
from tests.differential.compare import differences, facts_of
from tests.differential.flops import Macs
from tests.differential.macs import said_of
from tests.differential.operations import OPERATIONS, Operation


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.expression for one in OPERATIONS])
def test_an_operation_is_what_keras_makes_of_it(operation: Operation) -> None:
    assert differences(operations.ask(operation), facts_of(operation.source)) == []
    assert said_of(operation.source) == Macs(operation.macs, 0, 0)
