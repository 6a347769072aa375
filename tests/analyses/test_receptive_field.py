"""The receptive field against plain enumeration of index sets, and the textbook's example."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from convwise.graph.axes import tensor
from convwise.kinds.activation import Activation
from convwise.kinds.convolution import Convolution
from convwise.kinds.pooling import MaxPool
from convwise.kinds.source import Input
from convwise.network import sequential
from tests.analyses.chains import Link, legal, links, network, seen, sizes


@given(st.lists(links, min_size=1, max_size=5), st.integers(1, 30))
def test_field_holds_everything_an_output_sees(chain: list[Link], size: int) -> None:
    lengths = sizes(chain, size)
    assume(all(0 < length < 200 for length in lengths))
    assume(legal(chain, lengths))
    row = network(chain, size).summary().answer.rows[-1]
    field = row.receptive_field["time"]
    for out in range(lengths[-1]):
        found = seen(chain, out, None)
        if found:
            assert max(found) - min(found) + 1 <= field.size


@given(st.lists(links, min_size=1, max_size=5), st.integers(1, 30))
def test_field_of_plain_convolutions_is_exact(chain: list[Link], size: int) -> None:
    chain = [link for link in chain if not link.transposed]
    assume(chain)
    lengths = sizes(chain, size)
    assume(all(length > 0 for length in lengths) and legal(chain, lengths))
    field = network(chain, size).summary().answer.rows[-1].receptive_field["time"]
    for out in range(lengths[-1]):
        found = seen(chain, out, None)
        assert min(found) == field.start + out * field.step
        assert max(found) - min(found) + 1 == field.size


def test_textbook_network() -> None:
    """conv3, relu, pool2, conv3, relu, pool2 sees 3, 3, 4, 8, 8, 10 pixels."""
    convolution = Convolution((3, 3), 4, (1, 1), (1, 1))
    pool = MaxPool((2, 2), (2, 2), (1, 1))
    relu = Activation("relu")
    start = Input(tensor((1, 32, 32, 3), ("batch", "height", "width", "channel")))
    rows = sequential(start, convolution, relu, pool, convolution, relu, pool).summary().answer.rows
    assert [row.receptive_field["height"].size for row in rows[1:]] == [3, 3, 4, 8, 8, 10]
