"""The answer: options in their order, what fits, what is exact, and few predictions."""

from __future__ import annotations

import pytest

import convwise
from convwise.analyses.fit.answer import EXACT, NETWORK, NOTHING, PRECISION, Fit
from convwise.analyses.fit.fit import fit
from convwise.analyses.memory.options import Training
from convwise.errors import UsageError
from convwise.transforms.lighter import lighter
from tests.engine.networks import chain, residual

from .predictor import IMPORTS_BYTES, Predictor

MIB = 1 << 20


@pytest.fixture(scope="module")
def plain() -> convwise.Network:
    return convwise.read(chain(16, 8), (3, 64, 64))


@pytest.fixture(scope="module")
def with_statistics() -> convwise.Network:
    return convwise.read(residual(16), (3, 16, 16))


def _named(answer: Fit) -> dict[str, int]:
    return {option.name: number for number, option in enumerate(answer.options)}


def test_a_large_budget_needs_nothing(plain: convwise.Network) -> None:
    predict = Predictor()
    answer = fit(plain.graph, 1 << 30, predict, batch=4)
    assert answer.best == 0
    assert [option.cost for option in answer.options] == [NOTHING, EXACT, PRECISION]
    first = answer.options[0]
    assert first.fits is True
    assert first.factor == 1.0
    most = first.largest_batch or 0
    assert predict(plain.graph, Training(most)).high + IMPORTS_BYTES <= 1 << 30
    assert predict(plain.graph, Training(int(most * 1.15) + 1)).high + IMPORTS_BYTES > 1 << 30


def test_exact_methods_come_first(plain: convwise.Network) -> None:
    budget = IMPORTS_BYTES + 8 * MIB
    answer = fit(plain.graph, budget, Predictor(), batch=8, changes=lighter(plain.graph))
    names = _named(answer)
    assert list(names) == [
        "as it is",
        "accumulation",
        "recomputation",
        "recomputation and accumulation",
        "mixed precision",
        "mixed precision and recomputation",
        "separable",
        "half the channels",
        "stride earlier",
    ]
    assert answer.options[0].fits is False
    parts = answer.options[1]
    assert parts.fits is True
    assert parts.exact
    assert answer.best == 1
    assert parts.plan is not None
    assert parts.plan.examples == 8
    costs = [option.cost for option in answer.options]
    order = [NOTHING, EXACT, PRECISION, NETWORK]
    assert costs == sorted(costs, key=order.index)


def test_recomputation_does_the_least_work_that_fits(plain: convwise.Network) -> None:
    found = []
    for megabytes in (14, 18, 22, 30):
        answer = fit(plain.graph, IMPORTS_BYTES + megabytes * MIB, Predictor(), batch=8)
        option = answer.options[_named(answer)["recomputation"]]
        found.append(option.factor or 0.0)
        if option.fits:
            assert option.process_bytes is not None
            assert option.process_bytes[1] <= answer.budget_bytes
    assert found == sorted(found, reverse=True)
    assert 1.0 <= found[-1] < found[0] < 4 / 3


def test_recomputation_allows_larger_batches(plain: convwise.Network) -> None:
    answer = fit(plain.graph, 1 << 28, Predictor(), batch=1)
    as_it_is, again = answer.options[:2]
    assert (again.largest_batch or 0) > 1.3 * (as_it_is.largest_batch or 0)


def test_fewer_examples_at_once_are_said_to_be_something_else(
    with_statistics: convwise.Network,
) -> None:
    budget = IMPORTS_BYTES + 3 * MIB
    answer = fit(with_statistics.graph, budget, Predictor(), batch=64)
    parts = answer.options[_named(answer)["accumulation"]]
    assert parts.fits is True
    assert not parts.exact
    assert "batch statistics" in parts.notes[0]
    exact = [option for option in answer.options if option.fits and option.exact]
    assert answer.best is not None
    assert answer.options[answer.best].exact == bool(exact)
    assert any("batch statistics" in note for note in answer.notes)


def test_an_interval_may_not_tell(plain: convwise.Network) -> None:
    predict = Predictor(spread=1.5)
    answer = fit(plain.graph, 1 << 28, predict)
    first = answer.options[0]
    certain, possible = first.largest_batch or 0, first.possible_batch or 0
    assert certain < possible
    between = fit(plain.graph, 1 << 28, predict, batch=(certain + possible) // 2)
    assert between.options[0].fits is None
    assert between.best != 0


def test_nothing_fits(plain: convwise.Network) -> None:
    answer = fit(plain.graph, IMPORTS_BYTES, Predictor(), batch=2)
    assert answer.best is None
    assert answer.options[1].why_not == "not even one example at once fits"
    assert answer.field.why_not


def test_time_is_looked_at_where_it_is_known(plain: convwise.Network) -> None:
    slow = fit(plain.graph, 1 << 30, Predictor(seconds_per_mac=1.0), seconds=1e-3)
    assert slow.options[0].in_time is False
    assert slow.best is None
    unknown = fit(plain.graph, 1 << 30, Predictor(), seconds=1e-3)
    assert unknown.options[0].in_time is None
    assert any("time" in note for note in unknown.notes)


def test_the_largest_field(plain: convwise.Network) -> None:
    answer = fit(plain.graph, IMPORTS_BYTES + 64 * MIB, Predictor())
    sizes = answer.field.sizes
    assert sizes["height"] == sizes["width"] > 64
    larger = convwise.read(chain(16, 8), (3, *(int(side * 1.08) for side in sizes.values())))
    predict = Predictor()
    assert predict(larger.graph, Training()).high > 64 * MIB
    same = convwise.read(chain(16, 8), (3, *sizes.values()))
    assert predict(same.graph, Training()).high <= 64 * MIB


def test_a_field_may_be_fixed(with_statistics: convwise.Network) -> None:
    answer = fit(with_statistics.graph, 1 << 30, Predictor())
    assert "one size" in answer.field.why_not
    assert "layer 5" in answer.field.why_not


def test_few_predictions_are_asked_for(plain: convwise.Network) -> None:
    predict = Predictor()
    answer = fit(plain.graph, 1 << 28, predict, batch=8, changes=lighter(plain.graph))
    assert answer.predictions == predict.asked <= 45


@pytest.mark.parametrize("wrong", [{"budget_bytes": 0}, {"batch": 0}, {"optimizer": "none"}])
def test_numbers_that_make_no_sense(plain: convwise.Network, wrong: dict[str, object]) -> None:
    options = {"budget_bytes": 1 << 30, **wrong}
    with pytest.raises(UsageError):
        fit(plain.graph, predict=Predictor(), **options)  # type: ignore[arg-type]


def test_open_sizes_have_no_memory() -> None:
    net = convwise.read(chain(), (3, "H", 64))
    with pytest.raises(UsageError, match="open"):
        fit(net.graph, 1 << 30, Predictor())
