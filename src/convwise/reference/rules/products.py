"""Products of tensors that are summed over axes: matrices, equations, and pairs of axes."""

from __future__ import annotations

import numpy as np

from convwise.kinds.dot import Dot
from convwise.kinds.einsum import Einsum
from convwise.kinds.einsum_dense import EinsumDense
from convwise.kinds.einsum_equation import parse
from convwise.kinds.matmul import Matmul
from convwise.reference.arrays import summed_to
from convwise.reference.contract import Array, Gradients, Pass, Use
from convwise.reference.einsums import contracted, passed_to

#: The least length that a vector is divided by: Keras's epsilon.
_SHORTEST = 1e-7


def matmul(use: Use[Matmul]) -> Pass:
    """y[..., r, c] = sum over n of a[..., r, n] b[..., n, c]; a vector is a row, or a column.

    Backward: da = dy b^T, db = a^T dy, summed over leading axes along which the operand was
    repeated, and turned back where the operand was.
    """
    kind = use.kind
    first, second = use.inputs
    a = first[None, :] if first.ndim == 1 else _turned(first, kind.transpose_first)
    b = second[:, None] if second.ndim == 1 else _turned(second, kind.transpose_second)
    y = a @ b  # (..., rows, n) @ (..., n, columns)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = grads[0].reshape(y.shape)
        da = summed_to(dy @ b.swapaxes(-2, -1), a.shape)
        db = summed_to(a.swapaxes(-2, -1) @ dy, b.shape)
        da = _turned(da, kind.transpose_first).reshape(first.shape)
        db = _turned(db, kind.transpose_second).reshape(second.shape)
        return Gradients((da, db))

    gone = [-2] * (first.ndim == 1) + [-1] * (second.ndim == 1)
    return Pass((np.squeeze(y, axis=tuple(gone)),), backward)


def _turned(values: Array, transposed: bool) -> Array:
    return values.swapaxes(-2, -1) if transposed else values


def einsum(use: Use[Einsum]) -> Pass:
    """y[output's letters] = sum over all other letters of the product of all operands.

    Backward: the gradient of an operand is the same sum with dy in its place, over the letters
    that it has not.
    """
    equation = parse(use.kind.equation, tuple([one.ndim for one in use.inputs]))
    inputs, output = equation.inputs, equation.output

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        count = range(len(inputs))
        return Gradients(
            tuple([passed_to(which, dy, use.inputs, inputs, output) for which in count])
        )

    return Pass((contracted(use.inputs, inputs, output),), backward)


def einsum_dense(use: Use[EinsumDense]) -> Pass:
    """y[output's letters] = sum over all other letters of x times the kernel, plus the bias.

    Backward: dx and dw are the same sum with dy in the place of x, of w; db sums dy over the axes
    along which the bias is repeated.
    """
    x, w = use.x, use.weights["kernel"]  # axes as the equation's first and second term
    equation = parse(use.kind.equation, (x.ndim, w.ndim))
    inputs, output = equation.inputs, equation.output
    y = contracted((x, w), inputs, output)
    if use.kind.bias:
        y = y + use.weights["bias"]

    def backward(grads: tuple[Array, ...]) -> Gradients:
        (dy,) = grads
        dx, dw = [passed_to(which, dy, (x, w), inputs, output) for which in (0, 1)]
        found = {"kernel": dw}
        if use.kind.bias:
            found["bias"] = summed_to(dy, use.weights["bias"].shape)
        return Gradients((dx,), found)

    return Pass((y,), backward)


def dot(use: Use[Dot]) -> Pass:
    """y[b, i..., j...] = sum over n of u[b, i..., n] v[b, j..., n], n the named axis of each.

    `normalize`: u and v are divided by their lengths along n before. Backward:
    du[b, i..., n] = sum over j... of dy[b, i..., j...] v[b, j..., n], dv likewise.
    """
    places = [one.locate(axis) for one, axis in zip(use.operands, use.kind.axes, strict=True)]
    names: list[list[str]] = []
    for which, values in enumerate(use.inputs):
        own = [f"{which} {axis}" for axis in range(values.ndim)]
        own[0], own[places[which]] = "batch", "summed"
        names.append(own)
    output = ["batch", *[name for own in names for name in own if name not in ("batch", "summed")]]
    pairs = list(zip(use.inputs, places, strict=True))
    ends = [_of_length_one(*pair) if use.kind.normalize else pair[0] for pair in pairs]
    y = contracted(ends, names, output)

    def backward(grads: tuple[Array, ...]) -> Gradients:
        dy = grads[0].reshape(y.shape)
        found = [passed_to(which, dy, ends, names, output) for which in (0, 1)]
        if use.kind.normalize:
            found = [_back_to_length(one, *pair) for one, pair in zip(found, pairs, strict=True)]
        return Gradients(tuple(found))

    return Pass((y if y.ndim > 1 else y[:, None],), backward)


def _of_length_one(x: Array, axis: int) -> Array:
    """u = x / max(|x|, shortest), |x| the root of the sum of squares along an axis."""
    length = np.sqrt((x * x).sum(axis=axis, keepdims=True))
    scaled: Array = x / np.maximum(length, _SHORTEST)
    return scaled


def _back_to_length(du: Array, x: Array, axis: int) -> Array:
    """dx = (du - u (u . du)) / |x|; du / shortest for x no longer than that."""
    length = np.sqrt((x * x).sum(axis=axis, keepdims=True))
    u = _of_length_one(x, axis)
    across = np.where(length > _SHORTEST, (u * du).sum(axis=axis, keepdims=True), 0.0)
    dx: Array = (du - u * across) / np.maximum(length, _SHORTEST)
    return dx
