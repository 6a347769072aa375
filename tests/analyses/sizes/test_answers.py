"""What is said of sizes: reasons, neighbours, weights that pin, code that computes, errors."""

from __future__ import annotations

import pytest

import convwise
from convwise.analyses.sizes.demands import Ask
from convwise.analyses.sizes.facts import How
from convwise.analyses.sizes.sets import told
from convwise.errors import RuleError, UsageError

from .oracle import ROOT

ZOO = ROOT / "tests" / "zoo"
KERAS = "from keras import Sequential, layers\n"
TORCH = "import torch\nfrom torch import nn\n"


def test_a_flattened_image_pins_the_dense_behind_it() -> None:
    found = convwise.sizes(ZOO / "keras" / "vgg16.py").answer
    assert [told(one.good) for one in found.axes] == ["32 k", "32 k"]
    (pin,) = found.pins
    assert (pin.layer, pin.values) == ("fc1", 25088)
    assert [told(sizes) for _, sizes in pin.each] == ["224 to 255", "224 to 255"]


def test_the_size_in_the_source_and_its_neighbours() -> None:
    found = convwise.sizes("example:cifar10_torch").answer
    stated = found.axes[0].stated
    assert stated is not None
    assert (stated.size, stated.accepted, stated.good) == (32, True, False)
    assert (stated.below, stated.above) == (30, 34)
    assert [(loss.layer, loss.ask, loss.pixels) for loss in stated.losses] == [("8", Ask.WINDOW, 1)]


def test_no_size_is_without_loss() -> None:
    code = KERAS + (
        "m = Sequential([layers.Input((30, 30, 1)), layers.MaxPooling2D(2),\n"
        "    layers.UpSampling2D(2), layers.Conv2D(4, 2), layers.MaxPooling2D(2)])\n"
    )
    one = convwise.sizes(code).answer.axes[0]
    assert one.good.empty
    assert [least.size for least in one.least][:2] == [4, 6]
    assert [(loss.layer, loss.pixels) for loss in one.least[0].losses] == [("max_pooling2d_1", 1)]


def test_code_that_pads_to_make_sizes_fit_is_read_again() -> None:
    found = convwise.sizes(ZOO / "torch" / "unet.py").answer
    assert found.how is How.TRIED
    stated = found.axes[0].stated
    assert stated is not None
    assert (stated.below, stated.above) == (560, 576)
    assert {loss.ask for loss in stated.losses} == {Ask.REPAIR, Ask.WINDOW}


def test_inputs_that_must_fit_each_other_share_a_letter() -> None:
    found = convwise.sizes(ZOO / "keras" / "convlstm_forecaster.py").answer
    assert found.shapes[1][1] == ("T2", "ceil(H/2)", "ceil(W/2)", "16")


def test_axes_that_depend_on_each_other() -> None:
    (joint,) = convwise.sizes(ZOO / "keras" / "yolo_v2.py").answer.together
    assert joint.letters == ("H", "W")
    assert joint.equal is not None
    assert told(joint.equal.good) == "416"
    assert [told(one.accepted) for one in joint.each] == ["416 to 431", "416 to 431"]


def test_an_input_that_does_not_fit_is_answered() -> None:
    found = convwise.sizes(ZOO / "keras" / "unet.py", (570, 576, 1)).answer
    height, width = [one.stated for one in found.axes]
    assert height is not None
    assert width is not None
    assert (height.accepted, height.below, height.above) == (False, 560, 576)
    assert width.good


def test_padding_that_is_left_over_is_no_pixel() -> None:
    code = KERAS + (
        "m = Sequential([layers.Input((224, 224, 3)), layers.ZeroPadding2D(3),\n"
        "    layers.Conv2D(4, 7, strides=2)])\n"
    )
    one = convwise.sizes(code).answer.axes[0]
    assert told(one.good) == "any"


def test_a_skip_that_reads_every_second_pixel_loses_nothing() -> None:
    code = TORCH + (
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.main = nn.Conv2d(3, 8, 3, stride=2, padding=1)\n"
        "        self.skip = nn.Conv2d(3, 8, 1, stride=2)\n"
        "    def forward(self, x):\n"
        "        return self.main(x) + self.skip(x)\n"
    )
    found = convwise.sizes(code, (3, 32, 32)).answer
    assert [told(one.good) for one in found.axes] == ["any", "any"]


def test_networks_composed_in_python() -> None:
    from convwise.kinds.pooling import MaxPool
    from convwise.kinds.source import Input

    image = convwise.read(KERAS + "m = Sequential([layers.Input((9, 9, 2)), layers.ReLU()])")
    kind = Input(image.graph.tensor(image.graph.inputs[0]))
    net = convwise.sequential(kind, MaxPool((4, 4), (4, 4), (1, 1)))
    assert [told(one.good) for one in net.sizes().answer.axes] == ["4 k", "4 k"]


def test_inputs_without_sizes_are_refused() -> None:
    code = KERAS + "m = Sequential([layers.Input((10,)), layers.Dense(3)])\n"
    with pytest.raises(UsageError, match="no height, width, depth or time"):
        convwise.sizes(code)


def test_an_input_with_other_channels_stays_an_error() -> None:
    with pytest.raises(RuleError, match="in_channels"):
        convwise.sizes(ZOO / "torch" / "vgg16.py", (5, 224, 224))


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("name", ["keras/siamese", "torch/hrnet", "keras/resnet50"])
def test_lines_keep_their_width(name: str, width: int) -> None:
    text = convwise.sizes(ZOO / f"{name}.py").text(width)
    assert max(len(line) for line in text.splitlines()) <= width
