"""Every message about a wrong network: class, line, layer, numbers, and what to change."""

from __future__ import annotations

import pytest

from convwise.errors import MissingInputError, ReadError

from .reading import FIRST, HEAD, refused
from .wrong import Case
from .wrong_layers import CASES as WRONG_LAYERS
from .wrong_models import CASES as WRONG_MODELS

CASES = [*WRONG_LAYERS, *WRONG_MODELS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_message(case: Case) -> None:
    error = refused(HEAD + case.body)
    assert type(error) is case.error
    assert error.where.source == "net.py"
    assert error.where.line == (case.line + FIRST - 1 if case.line else None)
    assert error.where.layer == case.layer
    assert case.message in error.message
    assert case.hint in (error.hint or "")
    assert tuple(error.where.shapes) == case.shapes
    assert "\n" not in error.message


def test_there_are_messages_enough() -> None:
    assert len({case.message for case in CASES}) >= 40


def test_misspelt_import_is_told_at_the_import() -> None:
    error = refused("from keras.layers import Conv2d\nm = Conv2d(3, 3)")
    assert (error.where.line, error.hint) == (1, "did you mean Conv2D?")


def test_syntax_error_has_a_caret() -> None:
    error = refused("m = Sequential([Input((8, 8, 3))\nm.add(Dense(3))")
    assert isinstance(error, ReadError)
    assert error.where.line == 1
    assert str(error).count("^") == 1


def test_a_model_that_is_not_there() -> None:
    error = refused(HEAD + "model = Sequential([Input((8,)), Dense(3)])", name="modle")
    assert error.message == "the source has no model named modle"
    assert error.hint == "did you mean model?"


def test_a_statement_that_stops_is_told_when_no_model_is_left() -> None:
    error = refused(HEAD + "n = 3 / 0\nm = Sequential([Input((8,)), Dense(n)])")
    assert error.where.line == FIRST + 1
    assert "Dense needs it for units" in error.message


def test_a_shape_is_asked_for_by_the_name_of_the_free_tensor() -> None:
    error = refused("x = Conv2D(32, 3)(inputs)\n")
    assert isinstance(error, MissingInputError)
    assert "inputs is defined nowhere" in error.message
    assert "Conv2D needs 3 sizes besides the batch" in error.message
    assert "--input inputs=224,224,3" in (error.hint or "")
