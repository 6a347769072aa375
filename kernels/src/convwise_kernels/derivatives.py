"""Derivatives of the operators: each is made of the others, so that any order closes."""

import torch

from convwise_kernels.activations import FROM_INPUT, Activation
from convwise_kernels.geometry import Geometry
from convwise_kernels.operators import conv_and_before_op, conv_op, input_grad_op, weight_grad_op

_NOT_DERIVED = (None,) * 7  # stride, padding, dilation, groups, and what follows them


def _conv_setup(ctx, inputs, output):  # type: ignore[no-untyped-def]
    x, w, bias, *geometry, relu, mode, activation, slope = inputs
    ctx.geometry = Geometry.of(*geometry, mode)
    ctx.activation = Activation("relu" if relu else activation, slope)
    ctx.has_bias = bias is not None
    # Least of all is kept: the output, which what comes next keeps anyway, or nothing.
    from_output = ctx.activation.name not in ("none", *FROM_INPUT)
    kept_bias = bias if ctx.activation.name in FROM_INPUT else None
    ctx.save_for_backward(x, w, output if from_output else None, kept_bias)


def _conv_backward(ctx, g):  # type: ignore[no-untyped-def]
    x, w, y, bias = ctx.saved_tensors
    geometry, activation = ctx.geometry, ctx.activation
    if activation.name in FROM_INPUT:
        before = conv_op(x, w, bias, *geometry.arguments, False, geometry.mode)
        g = activation.derived(g, before)
    elif torch.is_grad_enabled():  # differentiated again: the activation by operations of its own
        g, y = activation.derived(g, y), None
    return (*_gradients(ctx, x, w, g, y, activation), *_NOT_DERIVED, None)


def _gradients(ctx, x, w, g, y, activation):  # type: ignore[no-untyped-def]
    """Of input, weight and bias, those that are wanted."""
    geometry = ctx.geometry
    last = (*geometry.arguments, geometry.mode, *activation) if y is not None else geometry.last
    x_grad = w_grad = bias_grad = None
    wants_bias = ctx.has_bias and ctx.needs_input_grad[2]
    if ctx.needs_input_grad[0]:
        x_grad = input_grad_op(g, w, y, list(x.shape), *last)
    if ctx.needs_input_grad[1]:
        w_grad, bias_grad = weight_grad_op(g, x, y, list(w.shape), *last)
    elif wants_bias:
        bias_grad = activation.derived(g, y).sum(dim=[0, *range(2, g.dim())])
    return x_grad, w_grad, bias_grad if wants_bias else None


def _conv_and_before_setup(ctx, inputs, output):  # type: ignore[no-untyped-def]
    x, w, bias, *geometry, mode, activation = inputs
    ctx.geometry = Geometry.of(*geometry, mode)
    ctx.activation = Activation(activation)
    ctx.has_bias = bias is not None
    ctx.save_for_backward(x, w, output[1])


def _conv_and_before_backward(ctx, g, before_g):  # type: ignore[no-untyped-def]
    x, w, before = ctx.saved_tensors
    g = ctx.activation.derived(g, before)
    if before_g is not None:
        g = g + before_g
    return (*_gradients(ctx, x, w, g, None, Activation()), *_NOT_DERIVED[:6])


def _gradient_setup(ctx, inputs, output):  # type: ignore[no-untyped-def]
    """Of either gradient, whose first inputs are two factors and a mask."""
    g, factor, mask, _, *geometry, mode, activation, slope = inputs
    ctx.geometry = Geometry.of(*geometry, mode)
    ctx.activation = Activation(activation, slope)
    ctx.save_for_backward(g, factor, mask)


def _conv_again(ctx, x, w, bias):  # type: ignore[no-untyped-def]
    return conv_op(x, w, bias, *ctx.geometry.arguments, False, ctx.geometry.mode)


def _input_grad_backward(ctx, v):  # type: ignore[no-untyped-def]
    g, w, mask = ctx.saved_tensors
    g_grad = w_grad = None
    if ctx.needs_input_grad[0]:
        g_grad = ctx.activation.derived(_conv_again(ctx, v, w, None), mask)
    if ctx.needs_input_grad[1]:
        w_grad, _ = weight_grad_op(
            ctx.activation.derived(g, mask), v, None, list(w.shape), *ctx.geometry.last
        )
    return g_grad, w_grad, *_NOT_DERIVED, None, None


def _weight_grad_backward(ctx, v, bias_v):  # type: ignore[no-untyped-def]
    g, x, mask = ctx.saved_tensors
    g_grad = x_grad = None
    if ctx.needs_input_grad[0]:
        g_grad = ctx.activation.derived(_conv_again(ctx, x, v, bias_v), mask)
    if ctx.needs_input_grad[1]:
        x_grad = input_grad_op(
            ctx.activation.derived(g, mask), v, None, list(x.shape), *ctx.geometry.last
        )
    return g_grad, x_grad, *_NOT_DERIVED, None, None


conv_op.register_autograd(_conv_backward, setup_context=_conv_setup)
conv_and_before_op.register_autograd(
    _conv_and_before_backward, setup_context=_conv_and_before_setup
)
input_grad_op.register_autograd(_input_grad_backward, setup_context=_gradient_setup)
weight_grad_op.register_autograd(_weight_grad_backward, setup_context=_gradient_setup)

# Under autocast the kernels keep float32: lower precision would gain nothing on them.
for _name in ("conv", "conv_and_before", "conv_input_grad", "conv_weight_grad"):
    torch.library.register_autocast(f"convwise_kernels::{_name}", "cpu", torch.float32)
