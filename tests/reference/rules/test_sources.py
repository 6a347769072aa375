"""Values that begin in the network: weights, constants, and weights that nothing uses."""

from __future__ import annotations

import numpy as np
import pytest

from convwise.graph.axes import tensor
from convwise.kinds.source import Constant, Parameter, Unused
from convwise.reference.rules.sources import constant, parameter, unused
from tests.reference.rules.direct import used


@pytest.mark.parametrize("axes", [(), (("channel", 3),), ((None, 2), ("time", 3))])
def test_a_parameter_is_its_weight(axes: tuple[tuple[str | None, int], ...]) -> None:
    random = np.random.default_rng(0)
    w, dy = random.normal(0, 1, (2, *[size for _, size in axes]))
    made = parameter(used(Parameter("scale", axes), [], {"scale": np.asarray(w)}))
    assert np.array_equal(made.outputs[0], w)
    passed = made.backward((np.asarray(dy),))
    assert passed.inputs == ()
    assert np.array_equal(passed.weights["scale"], dy)


def test_whole_numbers_have_no_gradient() -> None:
    kind = Parameter("rows", ((None, 3),), trainable=False, dtype="int64")
    made = parameter(used(kind, [], {"rows": np.array([2.0, 0.0, 1.0])}))
    assert made.outputs[0].dtype == np.int64
    assert made.backward((np.ones(3),)).weights == {}


@pytest.mark.parametrize(
    ("dtype", "computed"), [("float32", np.float64), ("uint8", np.int64), ("bool", np.bool_)]
)
def test_a_constant_is_zeros_of_its_type(dtype: str, computed: type) -> None:
    made = constant(used(Constant(tensor((2, 3), (None, None), dtype)), []))
    assert made.outputs[0].shape == (2, 3)
    assert made.outputs[0].dtype == computed
    assert not made.outputs[0].any()
    assert made.backward((np.ones((2, 3)),)).inputs == ()


def test_nothing_flows_out_of_an_unused_weight() -> None:
    kind = Unused("weight", (("out", 2), ("in", 3)))
    made = unused(used(kind, [], {"weight": np.ones((2, 3))}))
    assert made.outputs[0].shape == (0,)
    assert made.backward((np.zeros(0),)).weights == {}
