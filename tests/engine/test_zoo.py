"""Networks as people write them, recomputed between random places: every gradient is the same."""

from __future__ import annotations

import pytest
import torch

from convwise.dialects.torch.build import to_torch
from convwise.dialects.torch.read_code import read_code
from convwise.engine.recompute import recomputing
from tests.zoo.torch_cases import CASES, Case

from .same import drawn_segments, parting

#: Networks whose step is short.
SHORT = [
    "lenet5:Net",
    "mobilenet_v2:MobileNetV2",
    "mobilenet_v3_small:model",
    "shufflenet_v2:shufflenet_v2_x1_0",
    "efficientnet_b0:efficientnet_b0",
    "vit_small:vit_small_cifar",
    "swin_small:SwinTransformer",
    "dcgan:netG",
    "dcgan:netD",
    "tcn:TCN",
    "simvp:model",
    "hrnet:HRNet",
    "stylegan_block:Generator",
    "vae:model",
    "realnvp:RealNVP",
    "squeezenet:squeezenet1_1",
    "text_cnn:model",
    "conv_autoencoder:autoencoder",
    "mlp_mixer:model",
    "transformer_classifier:TransformerClassifier",
    "se_resnet:se_resnet20",
    "cbam:Net",
    "multi_io:MultiNet",
    "lazy:model",
    "recurrent_refinement:Refiner",
    "dqn:net",
    "ddpm_unet:model",
    "eegnet:EEGNet",
    "finetune:backbone",
    "finetune:extractor",
    "finetune:embedder",
    "annotated_transformer:make_model",
    "lightning_style:SongNet",
    "nafnet:net",
]
#: Their written code starts recurrent states in float32.
SINGLE = ("gru_classifier:SequenceClassifier", "lstm_forecast:model", "lstm_forecast:CNNLSTM")


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.id in (*SHORT, *SINGLE)], ids=lambda case: case.id
)
def test_training_is_the_same(case: Case) -> None:
    shapes = {name: shape[1:] for name, shape in case.inputs.items()}
    text = case.path.read_text("utf-8")
    graph = read_code(text, filename=case.path.name, name=case.name, inputs=shapes)
    dtype = torch.float32 if case.id in SINGLE else torch.float64
    torch.manual_seed(0)
    plain = to_torch(graph).to(dtype)
    torch.manual_seed(0)
    other = recomputing(graph, drawn_segments(graph, 3, 6)).to(dtype)
    inputs = tuple(
        [
            torch.randint(0, 2, shape) if name in case.whole else torch.randn(shape, dtype=dtype)
            for name, shape in case.inputs.items()
        ]
    )
    tolerance = 1e-5 if case.id in SINGLE else 1e-9
    assert parting(plain, other, inputs, tolerance) == ""


def test_every_name_is_a_network_of_the_zoo() -> None:
    assert {*SHORT, *SINGLE} <= {case.id for case in CASES}
