"""The PyTorch zoo, exported to ONNX and read back, against its code.

A network is the same when its canonical form is, as far as ONNX holds it (`onnx_holds`); where the
exporter writes a layer as arithmetic, its totals are the same. Exceptions are named here.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

import convwise
from convwise.dialects.onnx.read_model import read_model
from convwise.graph.canonical import first_difference
from convwise.network import Network

from . import torch_oracle
from .onnx_export import exported, exported_by_tracing
from .onnx_holds import held
from .torch_cases import CASES, Case

EXAMPLES = Path(__file__).parents[2] / "src" / "convwise" / "examples"

#: Networks whose code and whose export cannot be told to be the same, and why; totals agree.
OTHERWISE = {
    "efficientnet_b0:efficientnet_b0": "its code writes SiLU as x * sigmoid(x)",
    "convnext_tiny:convnext_tiny": "F.layer_norm with weights of its own is a layer in ONNX",
    "vit_small:vit_small_cifar": "a slice of everything is left out",
    "swin_small:SwinTransformer": "rows of a table are gathered, which code takes by index",
    "tcn:TCN": "weight normalisation is written as arithmetic of the weights",
    "realnvp:RealNVP": "weight normalisation is written as arithmetic of the weights",
    "gru_classifier:SequenceClassifier": "an initial state of zeros is said in code only",
    "transformer_classifier:TransformerClassifier": "attention is written as its parts",
    "detr:detr": "attention is written as its parts",
    "cbam:Net": "a concatenation of tensors with a new axis is a stack",
    "recurrent_refinement:Refiner": "what the axes of a constant mean is said in code only",
    "pointnet:build": "a constant that is repeated is a larger constant",
    "ddpm_unet:model": "an integer is cast before it is multiplied, where code does not say so",
    "eegnet:EEGNet": 'padding="same" of an even kernel is written as a Pad',
    "finetune:embedder": "F.normalize is written as arithmetic",
    "annotated_transformer:make_model": "the standard deviation is written as arithmetic",
}
#: Networks that compute what nothing uses, which is not exported: branches of training, a last
#: residual, a layer that is called in vain.
LESS = ("googlenet:shifted", "wavenet:WaveNet", "yolo:model")
#: Networks that PyTorch's exporter does not write, or not as they are.
NOT_WRITTEN = {
    "lstm_forecast:model": "torch.export does not follow its branch on the data",
    "lstm_forecast:CNNLSTM": "an LSTM with a projection loses most of its weights in the exporter",
    "lightning_style:SongNet": "a spectrogram of complex numbers has no ONNX operators",
    "stylegan_block:Generator": "it is written for one fixed batch only",
    "multi_io:MultiNet": "EmbeddingBag is written as a Loop",
}
#: Small networks, exported within a second each.
FAST = ("lenet5:Net", "dqn:net")

WRITTEN = [case for case in CASES if case.id not in NOT_WRITTEN]


def live(case: Case) -> nn.Module:
    """The network with weights; lazy ones learn their sizes."""
    network = torch_oracle._evaluated(case.path, case.build)
    if any(nn.parameter.is_lazy(one) for one in network.parameters()):
        with torch.no_grad():
            network(*[torch.zeros(shape) for shape in case.inputs.values()])
    return network  # type: ignore[no-any-return]


def from_code(case: Case) -> Network:
    shapes = {name: shape[1:] for name, shape in case.inputs.items()}
    given = next(iter(shapes.values())) if len(shapes) == 1 else shapes
    return convwise.read(f"{case.path}:{case.name}", given)


def from_model(model: Any) -> Network:
    return Network(read_model(model, label="a model", inputs={}))


def difference(one: Network, two: Network) -> str | None:
    return first_difference(held(one.graph), held(two.graph))


def totals(network: Network) -> tuple[Any, Any]:
    found = network.summary().to_dict()["totals"]
    return found["parameters"], found["macs"]["forward"]


def agree(case: Case, model: Any, known: Collection[str]) -> None:
    """Equal totals, and equal forms but for the exceptions."""
    ours, code = from_model(model), from_code(case)
    if case.id in LESS:
        pairs = zip(totals(ours), totals(code), strict=True)
        assert all(one <= two for one, two in pairs)
        assert totals(ours) != totals(code)
    else:
        assert totals(ours) == totals(code)
    found = difference(ours, code)
    assert (found is None) == (case.id not in known), found


def dynamo(case: Case) -> Any:
    return exported(live(case), case.inputs, case.whole)


@pytest.mark.parametrize("case", [c for c in WRITTEN if c.id in FAST], ids=lambda case: case.id)
def test_an_export_is_the_network_of_its_code(case: Case) -> None:
    agree(case, dynamo(case), OTHERWISE)


@pytest.mark.slow
@pytest.mark.parametrize("case", [c for c in WRITTEN if c.id not in FAST], ids=lambda case: case.id)
def test_every_export_is_the_network_of_its_code(case: Case) -> None:
    agree(case, dynamo(case), OTHERWISE)


#: The networks of questions people ask: the example, its network, the shape of a batch.
QUESTIONS = [
    ("input_channels_torch", "Regressor", (2, 3, 128, 128)),
    ("feature_maps_torch", "net", (2, 3, 300, 300)),
    ("cifar10_torch", "model", (2, 3, 32, 32)),
    ("pooling_torch", "model", (2, 7, 25, 20)),
    ("conv3d_torch", "model", (2, 1, 16, 64, 64)),
    ("time_as_channels_one_torch", "model", (2, 16, 64, 64)),
    ("mnist_weights_torch", "DeepMnist", (2, 784)),
]


def example(name: str, expression: str, monkeypatch: pytest.MonkeyPatch) -> nn.Module:
    """The network of an example, which may print a table that is of no interest here."""
    printer = ModuleType("torchsummary")
    vars(printer)["summary"] = lambda *_: None
    monkeypatch.setitem(sys.modules, "torchsummary", printer)
    with torch.device("meta"):
        network = torch_oracle.build(EXAMPLES / f"{name}.py", expression)
    return network.to_empty(device="cpu")


@pytest.mark.parametrize(("name", "expression", "shape"), QUESTIONS, ids=lambda value: str(value))
def test_networks_of_questions(
    name: str, expression: str, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = exported(example(name, expression, monkeypatch), {"x": shape})
    code = convwise.read(f"{EXAMPLES / name}.py:{expression}", shape[1:])
    ours = from_model(model)
    assert totals(ours) == totals(code)
    assert difference(ours, code) is None


#: What PyTorch's older exporter writes otherwise, besides `OTHERWISE`, and why.
OTHERWISE_BY_TRACING = {
    "convlstm_forecaster:EncoderDecoderConvLSTM": "zeros are made once for every use",
    "predrnn:build": "zeros are made once for every use",
    "nafnet:net": "bounds of slices are computed",
    "res2net:res2net50": "parts of a split are taken in another order",
    "weather_unet:WeatherUNet": "circular padding is written as slices",
}
#: What the older exporter refuses, bakes a batch into, or writes as buffers that nobody can tell
#: from parameters.
NOT_BY_TRACING = {
    *NOT_WRITTEN,
    "cbam:Net",
    "shufflenet_v2:shufflenet_v2_x1_0",
    "swin_small:SwinTransformer",
    "realnvp:RealNVP",
    "transformer_classifier:TransformerClassifier",
}
#: Large networks say nothing that small ones do not say here.
LARGE = ("fpn", "unet", "slowfast", "i3d", "yolo", "deeplabv3", "nowcast_pair")
TRACED = [c for c in CASES if c.id not in NOT_BY_TRACING and c.file not in LARGE]


@pytest.mark.slow
@pytest.mark.parametrize("case", TRACED, ids=lambda case: case.id)
def test_every_export_of_the_older_exporter(case: Case) -> None:
    model = exported_by_tracing(live(case), case.inputs, case.whole)
    known = {*OTHERWISE, *OTHERWISE_BY_TRACING} - {"eegnet:EEGNet"}
    agree(case, model, known)


def test_an_older_export_is_the_network_of_its_code() -> None:
    case = next(case for case in CASES if case.id == "lenet5:Net")
    model = exported_by_tracing(live(case), case.inputs, opset=13)
    assert difference(from_model(model), from_code(case)) is None


def test_an_optimized_export_has_batch_norms_folded_into_convolutions() -> None:
    network = nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU())
    shapes = {"x": (2, 3, 16, 16)}
    whole = from_model(exported(network, shapes))
    folded = from_model(exported(network, shapes, optimized=True))
    assert [node.kind.name for node in whole.graph.nodes][1:3] == ["convolution", "batch_norm"]
    assert [node.kind.name for node in folded.graph.nodes][1:3] == ["convolution", "activation"]
    assert totals(whole) == (216 + 16, 216 * 14 * 14)
    assert totals(folded) == (216 + 8, 216 * 14 * 14)


def test_a_difference_is_found() -> None:
    """What is compared is not blind: one filter more, one axis of another size."""
    shapes = {"x": (2, 3, 16, 16)}
    one = from_model(exported(nn.Conv2d(3, 8, 3), shapes))
    more = from_model(exported(nn.Conv2d(3, 9, 3), shapes))
    assert difference(one, more) is not None
    assert difference(one, one) is None


def test_exceptions_are_of_the_zoo() -> None:
    known = {case.id for case in CASES}
    assert set(OTHERWISE) | set(NOT_WRITTEN) | set(FAST) <= known
    assert not set(OTHERWISE) & set(NOT_WRITTEN)
