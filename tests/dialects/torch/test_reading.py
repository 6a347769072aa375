"""Which network of a PyTorch source is read, on which input, with which weights; messages."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
import torch

import convwise
from convwise.errors import ConvwiseError, MissingInputError, ReadError, UnknownNameError

HEAD = """
import copy
import functools
import torch
import torch.nn as nn
import torch.nn.functional as F
"""


def read(code: str, shape: Any = None, **options: Any) -> convwise.Network:
    return convwise.read(HEAD + textwrap.dedent(code), shape, dialect="torch", **options)


def run(code: str) -> dict[str, Any]:
    """The same source, run by PyTorch: what it defines."""
    names: dict[str, Any] = {"__name__": "source"}
    exec(HEAD + textwrap.dedent(code), names)
    return names


def totals(code: str, shape: Any = None, **options: Any) -> tuple[int, int]:
    found = read(code, shape, **options).summary().to_dict()["totals"]
    return found["parameters"], found["trainable_parameters"]


def counted(model: torch.nn.Module) -> tuple[int, int]:
    every = list(model.parameters())
    return sum(p.numel() for p in every), sum(p.numel() for p in every if p.requires_grad)


def error(code: str, shape: Any = None, **options: Any) -> ConvwiseError:
    with pytest.raises(ConvwiseError) as caught:
        read(code, shape, **options)
    return caught.value


NET = """
class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)

    def forward(self, x):
        return self.conv(x)
"""

#: Sources with a `model` on a visible input: PyTorch and the reader count the same parameters.
COUNTED = {
    "never called": NET.replace(
        "3, width, 3)", "3, width, 3)\n        self.spare = nn.Linear(7, 5)"
    ),
    "a parameter that nothing uses": NET.replace(
        "3, width, 3)", "3, width, 3)\n        self.w = nn.Parameter(torch.zeros(4, 2))"
    ),
    "in a plain list": NET.replace(
        "3, width, 3)", "3, width, 3)\n        self.more = [nn.Conv2d(8, 8, 1)]"
    ).replace("self.conv(x)", "self.more[0](self.conv(x))"),
    "frozen": NET + "model = Net()\nfor p in model.parameters():\n    p.requires_grad = False\n",
    "frozen in part": NET + "model = Net()\nmodel.conv.weight.requires_grad = False\n",
    "frozen by method": NET
    + "model = nn.Sequential(Net(), nn.ReLU())\nmodel[0].requires_grad_(False)\n",
    "tied": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 6)
        self.b = nn.Linear(6, 6)
        self.b.weight = self.a.weight

    def forward(self, x):
        return self.b(self.a(x)).sum((1, 2))
""",
    "shared": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 3, 3, padding=1)
        self.same = self.a

    def forward(self, x):
        return self.same(self.a(x))
""",
    "copied": NET
    + "one = Net()\nmodel = nn.Sequential(one, nn.Conv2d(8, 3, 1), copy.deepcopy(one))\n",
    "weight_norm": NET.replace(
        "nn.Conv2d(3, width, 3)", "nn.utils.weight_norm(nn.Conv2d(3, 8, 3))"
    ),
    "newer weight_norm": NET.replace(
        "nn.Conv2d(3, width, 3)",
        "nn.utils.parametrizations.weight_norm(nn.Conv2d(3, width, 3))",
    ),
    "spectral_norm": NET.replace(
        "nn.Conv2d(3, width, 3)", "nn.utils.spectral_norm(nn.Conv2d(3, 8, 3))"
    ),
    "buffers": NET.replace(
        "3, width, 3)",
        "3, width, 3)\n        self.register_buffer('m', torch.zeros(8, 1, 1))",
    ).replace("self.conv(x)", "self.conv(x) * self.m"),
    "batch norm": "model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))\n",
    "a probe in the constructor": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, 2)
        with torch.no_grad():
            size = self.conv(torch.zeros(1, 3, 32, 32)).view(1, -1).size(1)
        self.fc = nn.Linear(size, 10)

    def forward(self, x):
        return self.fc(self.conv(x).flatten(1))
""",
    "a partial": NET.replace(
        "nn.Conv2d(3, width, 3)", "functools.partial(nn.Conv2d, bias=False)(3, 8, 3)"
    ),
    "a list with None": NET.replace(
        "3, width, 3)", "3, width, 3)\n        self.l = nn.ModuleList([None, nn.Conv2d(8, 8, 1)])"
    ).replace("self.conv(x)", "self.l[1](self.conv(x))"),
    "grown list": NET.replace(
        "3, width, 3)",
        "3, width, 3)\n        l = nn.ModuleList()\n"
        "        l += [nn.Conv2d(8, 4, 1)]\n        self.l = l",
    ).replace("self.conv(x)", "self.l[0](self.conv(x))"),
    "lazy": "model = nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(2))\n",
    "added by name": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        for i in range(3):
            self.add_module(f"conv{i}", nn.Conv2d(3, 3, 3, padding=1))

    def forward(self, x):
        for i in range(3):
            x = getattr(self, f"conv{i}")(x)
        return x
""",
    "a Sequential of the file": """
class Block(nn.Sequential):
    def __init__(self, i, o):
        super().__init__(nn.Conv2d(i, o, 3), nn.ReLU(inplace=True))

model = nn.Sequential(Block(3, 4), Block(4, 5))
""",
    "a convolution of the file": """
class Same(nn.Conv2d):
    def forward(self, x):
        return super().forward(F.pad(x, (1, 1, 1, 1)))

model = nn.Sequential(Same(3, 4, 3), nn.ReLU())
""",
    "weights of its own": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(5, 3, 3, 3))
        self.s = nn.Parameter(torch.ones(1, 5, 1, 1), requires_grad=False)

    def forward(self, x):
        return F.conv2d(x, self.w) * self.s
""",
}


@pytest.mark.parametrize("name", COUNTED)
def test_parameters_are_those_of_pytorch(name: str) -> None:
    code = COUNTED[name]
    if "model = " not in code:
        code += "\nmodel = Net()\n"
    size = "2, 3, 6, 6" if name == "tied" else "2, 3, 32, 32"
    code += f"out = model(torch.zeros({size}))\n"
    names = run(code)
    assert totals(code) == counted(names["model"])
    shape = read(code).summary(2).to_dict()["layers"]
    found = [layer for layer in shape if layer["kind"] != "unused"][-1]["output_shape"]
    assert list(names["out"].shape) == [2 if size is None else size for size in found]


def test_a_copy_has_weights_of_its_own_and_sharing_has_not() -> None:
    code = NET + "one = Net()\nmodel = nn.Sequential(one, nn.Conv2d(8, 3, 1), {})\n"
    code += "model(torch.zeros(2, 3, 32, 32))"
    assert totals(code.format("copy.deepcopy(one)"))[0] == totals(code.format("one"))[0] + 224


def test_names_are_those_of_named_parameters() -> None:
    code = COUNTED["newer weight_norm"] + "model = Net()\nmodel(torch.zeros(2, 3, 9, 9))\n"
    model = run(code)["model"]
    found = set(read(code).graph.weights)
    assert found == {name for name, _ in model.named_parameters()}


def test_the_batch_stays_free_whatever_the_file_shows() -> None:
    net = read(NET + "Net()(torch.zeros(16, 3, 8, 8))")
    assert net.summary().to_dict()["layers"][-1]["output_shape"] == [None, 8, 6, 6]


def test_a_batch_that_the_code_needs_is_kept_with_a_note() -> None:
    code = (
        NET.replace("self.conv(x)", "self.conv(x).view(4, 288)") + "Net()(torch.zeros(4, 3, 8, 8))"
    )
    net = read(code)
    assert net.summary().to_dict()["layers"][-1]["output_shape"] == [4, 288]
    assert "batch-size" in [note.code for note in net.graph.notes]


def test_an_input_given_goes_before_the_file() -> None:
    net = read(NET + "Net()(torch.zeros(1, 3, 8, 8))", (3, 20, 20))
    assert net.summary().to_dict()["layers"][-1]["output_shape"] == [None, 8, 18, 18]


def test_open_sizes() -> None:
    net = read(NET, (3, "H", "W"))
    shape = net.summary().to_dict()["layers"][-1]["output_shape"]
    assert shape == [None, 8, {"expr": "H - 2"}, {"expr": "W - 2"}]


@pytest.mark.parametrize(
    "call",
    [
        "from torchsummary import summary\nsummary(Net(), (3, 20, 20))",
        "from torchinfo import summary\nsummary(Net(), input_size=(1, 3, 20, 20))",
        "from torchinfo import summary\nsummary(Net(), (7, 3, 20, 20))",
        "from torchinfo import summary\nsummary(Net(), (3, 20, 20), batch_dim=0)",
        "from thop import profile\nprofile(Net(), inputs=(torch.randn(1, 3, 20, 20),))",
        "torch.onnx.export(Net(), torch.randn(1, 3, 20, 20), 'net.onnx')",
        "x = torch.randn(1, 3, 20, 20).to('cpu')\nwith torch.no_grad():\n    Net().eval()(x)",
        "if __name__ == '__main__':\n    net = Net()\n    net(torch.rand(size=(2, 3, 20, 20)))",
    ],
)
def test_inputs_that_files_show(call: str) -> None:
    layers = read(NET + call).summary().to_dict()["layers"]
    assert layers[0]["output_shape"] == [None, 3, 20, 20]


def test_several_inputs_by_name() -> None:
    code = """
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Conv2d(3, 4, 1)
            self.b = nn.Linear(5, 4)

        def forward(self, image, facts, scale=1.0):
            return self.a(image).mean((2, 3)) + self.b(facts) * scale
    """
    net = read(code, {"image": (3, 8, 8), "facts": (5,)})
    assert [layer.name for layer in net.graph.layers][:3] == ["image", "a", "mean"]
    assert "the shape of facts" in str(error(code, {"image": (3, 8, 8)}))


def test_missing_input_says_what_is_known() -> None:
    found = error(NET)
    assert isinstance(found, MissingInputError)
    assert "conv (Conv2d, line 11) needs 3 channels" in str(found)
    assert "--input 3,224,224" in str(found)


def test_the_right_number_of_channels_is_named() -> None:
    found = str(error(NET, (4, 8, 8)))
    assert "in_channels=3, its input (None, 4, 8, 8) has 4 channels" in found
    assert "write in_channels=4" in found
    assert ":11:" in found


def test_several_networks_and_one_by_name() -> None:
    code = NET + "small = Net(4)\nlarge = nn.Sequential(Net(8), nn.ReLU())\n"
    net = read(code, (3, 8, 8))
    assert net.graph.name == "large"
    assert "small" in next(n.message for n in net.graph.notes if n.code == "several-models")
    assert totals(code, (3, 8, 8), name="small") == (112, 112)
    assert totals(code, (3, 8, 8), name="Net") == (224, 224)
    assert "did you mean small?" in str(error(code, (3, 8, 8), name="smal"))


def test_the_network_that_is_called_goes_before_a_larger_one() -> None:
    code = NET + "a = Net()\nb = nn.Sequential(Net(), nn.ReLU())\na(torch.zeros(1, 3, 8, 8))\n"
    assert read(code).graph.name == "a"


def test_a_class_that_needs_arguments() -> None:
    code = NET.replace("width=8", "width")
    found = error(code, (3, 8, 8))
    assert isinstance(found, UnknownNameError)
    assert "Net needs width" in str(found)
    assert totals(code, (3, 8, 8), settings={"width": 4}) == (112, 112)


def test_models_from_outside_are_named() -> None:
    found = error("import torchvision\nmodel = torchvision.models.resnet18()", (3, 224, 224))
    assert "torchvision.models.resnet18, which is not in this file" in str(found)


def test_a_backbone_from_outside_is_an_unknown_row() -> None:
    code = """
    import timm
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = timm.create_model("resnet18")
            self.fc = nn.Linear(512, 10)

        def forward(self, x):
            return self.fc(self.backbone(x))
    """
    net = read(code, (3, 64, 64))
    assert net.graph.unknown[0].what == "timm.create_model is not known"
    found = net.summary().to_dict()["totals"]["parameters"]
    assert found == {"at_least": 5130}


def test_gradients_stop_where_the_code_stops_them() -> None:
    code = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Conv2d(3, 4, 1)
            self.b = nn.Conv2d(4, 2, 1)

        def forward(self, x):
            {}
            return self.b(y)
    """
    macs = {}
    for line in (
        "y = self.a(x)",
        "with torch.no_grad():\n                y = self.a(x)",
        "y = self.a(x).detach()",
    ):
        layers = read(code.format(line), (3, 4, 4)).summary().to_dict()["layers"]
        macs[line] = [layer["macs"]["weight_gradient"] for layer in layers if layer["parameters"]]
    assert list(macs.values()) == [[192, 128], [0, 128], [0, 128]]


def test_what_leads_nowhere_is_run_and_has_no_gradient() -> None:
    code = NET.replace("        return", "        self.conv(x)\n        return").replace(
        "self.conv(x)\n        return self.conv(x)", "y = self.conv(x)\n        return x * 2"
    )
    found = read(code, (3, 8, 8)).summary().to_dict()["totals"]["macs"]
    assert found == {"forward": 216 * 36, "input_gradient": 0, "weight_gradient": 0}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("model = nn.Sequential(nn.Conv2d(3, 8, 3)", "never closed"),
        ("x = 3", "no PyTorch module was found"),
        ("class Net(nn.Module):\n    pass\nmodel = Net()", "has no forward(self, x)"),
        (NET.replace("super().__init__()", "pass") + "Net()", "super().__init__()"),
        (NET + "model = Net(undefined)", "undefined"),
        ("model = nn.ModuleList([nn.ReLU()])\nmodel(torch.zeros(1, 2))", "cannot be called"),
        ("model = nn.Sequential(nn.ReLU)\n", "a class needs its brackets"),
        ("model = nn.Sequential(nn.Conv2D(3, 8, 3))\n", "did you mean Conv2d?"),
        (NET.replace("return self.conv(x)", "return None"), "returns no tensor"),
        (NET.replace("return self.conv(x)", "return self.nope(x)"), "nope"),
        (NET.replace("return self.conv(x)", "return x(x)"), "a tensor cannot be called"),
        (NET.replace("return self.conv(x)", "return self.conv(x).view(-1, 7)"), "7"),
    ],
)
def test_messages(code: str, words: str) -> None:
    found = error(code, (3, 8, 8))
    assert words in str(found)
    assert found.hint


def test_a_live_model_that_cannot_be_imported_is_told() -> None:
    with pytest.raises(ReadError, match="cannot be had"):
        convwise.read("live:package:model")
