"""The operators keep PyTorch's contracts: schema, fake tensors, derivatives, autocast."""

import convwise_kernels
import pytest
import torch
from convwise_kernels import NotSupportedError, conv
from convwise_kernels.operators import (
    conv_and_before_op,
    conv_op,
    input_grad_op,
    weight_grad_op,
)
from torch import Tensor

GEOMETRY = ([2, 1], [1, 2], [1, 2], 2)


def _leaves(dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = [(2, 4, 5, 6), (6, 2, 3, 3), (6,)]
    x, w, b = (torch.randn(s, dtype=dtype, generator=generator) for s in shapes)
    return x.requires_grad_(), w.requires_grad_(), b.requires_grad_()


def _conv(x: Tensor, w: Tensor, b: Tensor | None, relu: bool) -> Tensor:
    return conv_op(x, w, b, *GEOMETRY, relu)


@pytest.mark.parametrize("relu", [False, True])
def test_first_and_second_derivatives(relu: bool) -> None:
    leaves = _leaves(torch.float64)
    assert torch.autograd.gradcheck(lambda *a: _conv(*a, relu), leaves)
    assert torch.autograd.gradgradcheck(lambda *a: _conv(*a, relu), leaves)


def test_derivatives_of_the_gradients_themselves() -> None:
    x, w, _ = _leaves(torch.float64)
    g = torch.randn_like(_conv(x, w, None, False)).requires_grad_()
    sizes = list(x.shape), list(w.shape)
    assert torch.autograd.gradcheck(
        lambda g, w: input_grad_op(g, w, None, sizes[0], *GEOMETRY), (g, w)
    )
    assert torch.autograd.gradcheck(
        lambda g, x: weight_grad_op(g, x, None, sizes[1], *GEOMETRY), (g, x)
    )


def test_second_derivatives_in_float32_agree_with_float64() -> None:
    found = []
    for dtype in (torch.float32, torch.float64):
        x, w, b = (leaf.detach().to(dtype).requires_grad_() for leaf in _leaves(torch.float32))
        first = torch.autograd.grad(_conv(x, w, b, True).square().sum(), (x, w), create_graph=True)
        found.append(torch.autograd.grad(sum(part.square().sum() for part in first), (x, w, b)))
    for ours, truth in zip(*found, strict=True):
        torch.testing.assert_close(ours.double(), truth, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("relu", [False, True])
def test_pytorchs_own_check_of_operators(relu: bool) -> None:
    x, w, b = _leaves(torch.float32)
    g = torch.randn_like(_conv(x, w, b, relu))
    checks = ["test_schema", "test_autograd_registration", "test_faketensor"]
    calls = [
        (conv_op, (x, w, b, *GEOMETRY, relu)),
        (conv_and_before_op, (x, w, b, *GEOMETRY, "circular", "gelu")),
        (input_grad_op, (g, w, None, list(x.shape), *GEOMETRY)),
        (weight_grad_op, (g, x, None, list(w.shape), *GEOMETRY)),
    ]
    for operator, arguments in calls:
        results = torch.library.opcheck(operator, arguments, test_utils=checks)
        assert set(results.values()) == {"SUCCESS"}


def test_meta_tensors_have_shapes_only() -> None:
    x, w, b = (leaf.to("meta") for leaf in _leaves(torch.float32))
    assert _conv(x, w, b, False).shape == (2, 6, 3, 6)


def test_autocast_keeps_float32() -> None:
    x, w, b = _leaves(torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = _conv(x.bfloat16(), w, b, False)
    assert y.dtype == torch.float32


@pytest.mark.parametrize(
    ("x", "w", "options", "words"),
    [
        (torch.zeros(3, 9), torch.zeros(1, 3, 3), {}, "no batched 1-D, 2-D or 3-D"),
        (torch.zeros(1, 3, 9), torch.zeros(1, 2, 3), {}, "do not fit with 1 groups"),
        (torch.zeros(1, 2, 9), torch.zeros(1, 2, 3), {"stride": 0}, "at least 1"),
        (torch.zeros(1, 2, 2), torch.zeros(1, 2, 3), {}, "does not fit into the padded input"),
        (torch.zeros(1, 2, 9), torch.zeros(1, 2, 3), {"padding": (1, 1)}, "need 1 numbers each"),
        (torch.zeros(1, 1, 9).half(), torch.zeros(1, 1, 3).half(), {}, "compute float32 on CPU"),
        (torch.zeros(1, 1, 9), torch.zeros(1, 1, 3).double(), {}, "compute float32 on CPU"),
        (torch.zeros(1, 1, 9), torch.zeros(1, 1, 3), {"bias": torch.zeros(2)}, "bias has shape"),
        (torch.zeros(1, 1, 9), torch.zeros(1, 1, 3), {"padding_mode": "mirror"}, "'mirror'"),
        (torch.zeros(1, 1, 9), torch.zeros(1, 1, 4), {"padding": "same"}, "no equal borders"),
        (torch.zeros(1, 1, 9), torch.zeros(1, 1, 3), {"activation": "selu"}, "'selu'"),
        (
            torch.zeros(1, 1, 3),
            torch.zeros(1, 1, 3),
            {"padding": 3, "padding_mode": "reflect"},
            "more than",
        ),
        (
            torch.zeros(1, 1, 9),
            torch.zeros(1, 1, 3),
            {"activation": "leaky_relu", "negative_slope": -1.0},
            "slope must be at least 0",
        ),
    ],
)
def test_what_is_not_supported_is_said(
    x: Tensor, w: Tensor, options: dict[str, object], words: str
) -> None:
    with pytest.raises(NotSupportedError, match=words) as caught:
        conv(x, w, **options)
    assert caught.value.hint


def test_a_gradient_of_another_size_is_refused() -> None:
    x, w, _ = _leaves(torch.float32)
    with pytest.raises(NotSupportedError, match="gradient has shape"):
        weight_grad_op(torch.zeros(2, 6, 3, 7), x, None, list(w.shape), *GEOMETRY)


def test_several_threads_at_once_and_one_thread_agree() -> None:
    x, w, b = (torch.randn(s) for s in [(1, 2, 8, 64, 64), (3, 2, 3, 3, 3), (3,)])
    before = torch.get_num_threads()
    results = []
    for threads in (1, 2, 4):
        torch.set_num_threads(threads)
        results.append(conv(x, w, b, padding=1))
    torch.set_num_threads(before)
    assert torch.equal(results[0], results[1])
    assert torch.equal(results[0], results[2])


def test_paddings_by_their_names() -> None:
    x, w = torch.randn(2, 1, 12, 12), torch.randn(1, 1, 3, 5)
    for padding in ("same", "valid"):
        expected = torch.conv2d(x, w, padding=padding, dilation=2)
        found = conv(x, w, padding=padding, dilation=2)
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_nan_passes_relu() -> None:
    x = torch.full((1, 1, 20), float("nan"))
    assert convwise_kernels.conv(x, torch.ones(1, 1, 3), relu=True).isnan().all()
