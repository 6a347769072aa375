"""Derivatives of the three operators: each is made of the other two, so that any order closes."""

import torch
from torch import Tensor

from convwise_kernels.geometry import Geometry
from convwise_kernels.operators import conv_op, input_grad_op, weight_grad_op


def _masked(g: Tensor, y: Tensor | None) -> Tensor:
    return g if y is None else g.masked_fill(y <= 0, 0)


def _conv_setup(ctx, inputs, output):  # type: ignore[no-untyped-def]
    x, w, bias, stride, padding, dilation, groups, relu = inputs
    ctx.geometry = Geometry.of(stride, padding, dilation, groups)
    ctx.has_bias = bias is not None
    ctx.save_for_backward(x, w, output if relu else None)


def _conv_backward(ctx, g):  # type: ignore[no-untyped-def]
    x, w, y = ctx.saved_tensors
    if torch.is_grad_enabled():  # differentiated again: ReLU's mask as an operation of its own
        g, y = _masked(g, y), None
    arguments = ctx.geometry.arguments
    x_grad = w_grad = bias_grad = None
    if ctx.needs_input_grad[0]:
        x_grad = input_grad_op(g, w, y, list(x.shape), *arguments)
    if ctx.needs_input_grad[1]:
        w_grad, bias_grad = weight_grad_op(g, x, y, list(w.shape), *arguments)
    elif ctx.has_bias and ctx.needs_input_grad[2]:
        bias_grad = _masked(g, y).sum(dim=[0, *range(2, g.dim())])
    if not (ctx.has_bias and ctx.needs_input_grad[2]):
        bias_grad = None
    return x_grad, w_grad, bias_grad, None, None, None, None, None


def _input_grad_setup(ctx, inputs, output):  # type: ignore[no-untyped-def]
    g, w, mask, _, stride, padding, dilation, groups = inputs
    ctx.geometry = Geometry.of(stride, padding, dilation, groups)
    ctx.save_for_backward(g, w, mask)


def _input_grad_backward(ctx, v):  # type: ignore[no-untyped-def]
    g, w, mask = ctx.saved_tensors
    arguments = ctx.geometry.arguments
    g_grad = w_grad = None
    if ctx.needs_input_grad[0]:
        g_grad = _masked(conv_op(v, w, None, *arguments, False), mask)
    if ctx.needs_input_grad[1]:
        w_grad, _ = weight_grad_op(_masked(g, mask), v, None, list(w.shape), *arguments)
    return g_grad, w_grad, None, None, None, None, None, None


def _weight_grad_setup(ctx, inputs, output):  # type: ignore[no-untyped-def]
    g, x, mask, _, stride, padding, dilation, groups = inputs
    ctx.geometry = Geometry.of(stride, padding, dilation, groups)
    ctx.save_for_backward(g, x, mask)


def _weight_grad_backward(ctx, v, bias_v):  # type: ignore[no-untyped-def]
    g, x, mask = ctx.saved_tensors
    arguments = ctx.geometry.arguments
    g_grad = x_grad = None
    if ctx.needs_input_grad[0]:
        g_grad = _masked(conv_op(x, v, bias_v, *arguments, False), mask)
    if ctx.needs_input_grad[1]:
        x_grad = input_grad_op(_masked(g, mask), v, None, list(x.shape), *arguments)
    return g_grad, x_grad, None, None, None, None, None, None


conv_op.register_autograd(_conv_backward, setup_context=_conv_setup)
input_grad_op.register_autograd(_input_grad_backward, setup_context=_input_grad_setup)
weight_grad_op.register_autograd(_weight_grad_backward, setup_context=_weight_grad_setup)

# Under autocast the kernels keep float32: lower precision would gain nothing on them.
for _name in ("conv", "conv_input_grad", "conv_weight_grad"):
    torch.library.register_autocast(f"convwise_kernels::{_name}", "cpu", torch.float32)
