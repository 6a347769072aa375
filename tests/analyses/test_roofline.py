"""Bounds: closed forms, what can only lower them, and that no measurement beats them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import convwise
from convwise.analyses.devices.contract import Device
from convwise.analyses.devices.index import device
from convwise.analyses.roofline import Roofline, roofline
from convwise.errors import UsageError
from convwise.network import Network

ZOO = Path(__file__).parents[1] / "zoo" / "torch"
HEAD = "import torch.nn as nn\n"
#: A convolution without padding over 16 x 16 pixels, then one value per pixel.
SMALL = HEAD + "m = nn.Sequential(nn.Conv2d(2, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 1))\n"
#: As many multiply-adds as bytes, no cache, no algorithm but the plain one.
PLAIN = Device("plain", "nobody", {"float32": 1e9}, 1e9, None, 0, "made up", 1.0, False)


def small() -> Network:
    return convwise.read(SMALL, (2, 16, 16))


def on(one: Device, **settings: object) -> Roofline:
    return roofline(small().graph, one, **settings)  # type: ignore[arg-type]


FIRST, LAST = 14 * 14 * 8 * 18, 14 * 14 * 4 * 8
WEIGHTS = 8 * 2 * 9 + 8 + 4 * 8 + 4


def test_multiply_adds_are_all_of_them_where_nothing_can_be_left_out() -> None:
    found = on(PLAIN)
    assert found.forward.macs == FIRST + LAST
    assert found.backward.macs == FIRST + 2 * LAST
    assert found.forward.arithmetic_seconds == pytest.approx((FIRST + LAST) / 1e9)


def test_bytes_are_what_is_there_afterwards() -> None:
    found = on(PLAIN)
    image, hidden, made = 16 * 16 * 2 * 4, 14 * 14 * 8 * 4, 14 * 14 * 4 * 4
    # Kept: the image, which is there already, and what the ReLU and the last one share.
    assert found.forward.bytes == WEIGHTS * 4 + hidden
    assert found.backward.bytes == image + hidden + 36 * 4 + WEIGHTS * 4
    assert found.inference.bytes == WEIGHTS * 4 + made
    assert found.optimizer.bytes == 7 * WEIGHTS * 4


@pytest.mark.parametrize(
    ("optimizer", "values"),
    [("sgd", 3), ("momentum", 5), ("adam", 7), ("adamw", 7), ("rmsprop", 5)],
)
def test_an_optimizer_reads_and_writes_its_state(optimizer: str, values: int) -> None:
    assert on(PLAIN, optimizer=optimizer).optimizer.bytes == values * WEIGHTS * 4


def test_a_layer_has_its_intensity() -> None:
    first, rectifier, _ = on(PLAIN).layers[-3:]
    moved = (16 * 16 * 2 + 152 + 14 * 14 * 8) * 4
    assert first.bytes == moved + (14 * 14 * 8 + 16 * 16 * 2 + 152) * 4
    assert first.macs_per_byte == pytest.approx(2 * FIRST / first.bytes)
    assert (rectifier.macs, rectifier.macs_per_byte) == (0, 0)
    assert rectifier.forward.side == "memory"


def test_what_can_only_lower_a_bound_lowers_it() -> None:
    plain = on(PLAIN)
    cached = on(replace(PLAIN, cache_bytes=2**30))
    fast = on(replace(PLAIN, fast_convolutions=True))
    quick = on(replace(PLAIN, headroom=2.0))
    assert cached.forward.bytes == 0 and cached.seconds < plain.seconds
    assert fast.forward.macs < plain.forward.macs == quick.forward.macs
    assert quick.seconds < plain.seconds


def test_border_taps_are_counted_but_bound_nothing() -> None:
    code = HEAD + "m = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1))\n"
    found = roofline(convwise.read(code, (1, 1, 1)).graph, PLAIN)
    assert (found.layers[-1].macs, found.forward.macs) == (18, 1)


def test_what_is_not_known_is_told_and_lowers_the_bound() -> None:
    code = HEAD + "m = nn.Sequential(nn.Conv2d(1, 4, 3), Mystery(), nn.ReLU())\n"
    found = roofline(convwise.read(code, (1, 9, 9)).graph, PLAIN)
    assert found.unknown and found.forward.macs == 7 * 7 * 4 * 9


def test_products_that_may_be_ordered_better_bound_nothing() -> None:
    head = "import torch\nimport torch.nn as nn\nclass M(nn.Module):\n"
    code = f"{head}    def forward(self, x):\n        return torch.einsum({{}})\n"
    two = convwise.read(code.format("'bij,bjk->bik', x, x"), (8, 8))
    three = convwise.read(code.format("'bij,bjk,bkl->bil', x, x, x"), (8, 8))
    assert roofline(two.graph, PLAIN).forward.macs == 8**3 // 2
    assert roofline(three.graph, PLAIN).forward.macs == 0


def test_scores_of_an_attention_need_not_be_kept() -> None:
    code = (
        "import torch.nn as nn\nimport torch.nn.functional as F\nclass M(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self.d = nn.Linear(4, 4)\n"
        "    def forward(self, x):\n        y = self.d(x)\n"
        "        return F.scaled_dot_product_attention(y, y, y)\n"
    )
    found = roofline(convwise.read(code, (512, 4)).graph, PLAIN)
    # The weights and the input of the attention; not its 512 x 512 scores.
    assert found.forward.bytes == (20 + 512 * 4) * 4


def test_more_examples_never_take_less() -> None:
    bounds = [on(PLAIN, batch=batch).seconds for batch in (1, 2, 8, 64)]
    assert bounds == sorted(bounds)


@pytest.mark.parametrize("precision", ["float32", "float64", "float16", "bfloat16", "bf16-mixed"])
@pytest.mark.parametrize("name", ["H100-SXM", "M4-Max", "EPYC-7742", "V100"])
def test_each_precision_on_each_kind_of_device(name: str, precision: str) -> None:
    found = roofline(small().graph, device(name), batch=256, precision=precision)
    assert found.seconds >= 0
    if found.balance is None:
        assert found.forward.arithmetic_seconds is None
    else:
        assert found.forward.seconds > 0


def test_open_sizes_and_unknown_words_are_refused() -> None:
    with pytest.raises(UsageError, match="times need every size"):
        roofline(convwise.read(SMALL, (2, "H", "W")).graph, PLAIN)
    with pytest.raises(UsageError, match="not known"):
        on(PLAIN, precision="int8")
    with pytest.raises(UsageError, match="not known"):
        on(PLAIN, optimizer="lion")


def _fastest(action: Callable[[], object], times: int = 5) -> float:
    action()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    return min(found)


@pytest.mark.parametrize(
    ("name", "batch"),
    [
        ("lenet5", 16),
        ("mobilenet_v2", 1),
        pytest.param("dncnn", 1, marks=pytest.mark.slow),
        pytest.param("resnet", 1, marks=pytest.mark.slow),
        pytest.param("unet3d", 1, marks=pytest.mark.slow),
    ],
)
def test_no_measurement_beats_the_bound(name: str, batch: int) -> None:
    torch = pytest.importorskip("torch")
    net = convwise.read(ZOO / f"{name}.py")
    found = roofline(net.graph, device("here"), batch=batch)
    module = net.to_torch()
    shape = [axis.dim for axis in net.graph.tensor(net.graph.inputs[0]).axes][1:]
    x = torch.randn(batch, *shape)
    with torch.no_grad():
        inference = _fastest(lambda: module.eval()(x))
    assert found.inference.seconds <= inference
    optimizer = torch.optim.Adam(module.parameters())

    def step() -> None:
        optimizer.zero_grad()
        made = module.train()(x)
        (made if torch.is_tensor(made) else made[0]).sum().backward()
        optimizer.step()

    assert found.seconds <= _fastest(step, 2)
