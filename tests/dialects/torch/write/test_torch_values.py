"""Networks of the PyTorch zoo and what is written of them compute the same, with one's weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from convwise.dialects.torch.build import build
from convwise.dialects.torch.read_code import read_code
from convwise.dialects.torch.write.code import written
from tests.zoo import torch_oracle
from tests.zoo.torch_cases import CASES, Case

FILES = (
    "lenet5",
    "tcn",
    "crnn",
    "vit_small",
    "mlp_mixer",
    "cbam",
    "se_resnet",
    "text_cnn",
    "gru_classifier",
    "multi_io",
    "shufflenet_v2",
    "srresnet",
    "dcgan",
)
CHOSEN = [case for case in CASES if case.file in FILES]


def tensors(result: Any) -> Iterator[torch.Tensor]:
    """All tensors in what a network returns, in order."""
    if isinstance(result, torch.Tensor):
        yield result
        return
    for part in result.values() if isinstance(result, dict) else result:
        yield from tensors(part)


def network(case: Case) -> torch.nn.Module:
    """The network that the file makes, with weights."""
    found = eval(case.build, vars(torch_oracle.load(case.path)))
    made = found if isinstance(found, torch.nn.Module) else found()
    return made.eval()


@pytest.mark.parametrize("case", CHOSEN, ids=lambda case: case.id)
def test_outputs_are_those_of_the_source(case: Case) -> None:
    torch.manual_seed(3)
    source = network(case)
    shapes = {name: shape[1:] for name, shape in case.inputs.items()}
    text = case.path.read_text("utf-8")
    made = written(read_code(text, filename=case.path.name, name=case.name, inputs=shapes))
    module = build(made).eval()
    given, state = source.state_dict(), module.state_dict()
    for name, place in made.places.items():
        state[place.path].copy_(given[name].reshape(state[place.path].shape))
    inputs = [
        torch.randint(0, 9, shape) if name in case.whole else torch.randn(shape)
        for name, shape in case.inputs.items()
    ]
    with torch.no_grad():
        wanted, found = list(tensors(source(*inputs))), list(tensors(module(*inputs)))
    for one, two in zip(wanted, found, strict=True):
        assert one.shape == two.shape
        assert float((one - two).abs().max()) <= 1e-5 * float(one.abs().max())
