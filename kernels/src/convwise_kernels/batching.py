"""torch.vmap of the operators: one more batch axis, or more groups; computes nothing."""

from torch import Tensor

from convwise_kernels.operators import conv_and_before_op, conv_op, input_grad_op, weight_grad_op


def _front(tensor: Tensor | None, axis: int | None, size: int) -> Tensor | None:
    """With the mapped axis in front, repeated where it is not mapped."""
    if tensor is None:
        return None
    if axis is None:
        return tensor.unsqueeze(0).expand(size, *tensor.shape)
    return tensor.movedim(axis, 0)


def _into_batch(tensor: Tensor | None, axis: int | None, size: int) -> Tensor | None:
    found = _front(tensor, axis, size)
    return None if found is None else found.flatten(0, 1)


def _into_channels(tensor: Tensor | None, axis: int | None, size: int) -> Tensor | None:
    """[size, n, c, ...] as [n, size * c, ...]."""
    found = _front(tensor, axis, size)
    return None if found is None else found.transpose(0, 1).flatten(1, 2)


def _out_of_channels(tensor: Tensor, size: int) -> Tensor:
    return tensor.unflatten(1, (size, -1)).transpose(0, 1)


def _conv(operator, info, axes, x, w, bias, stride, padding, dilation, groups, *others):  # type: ignore[no-untyped-def]
    size = info.batch_size
    if axes[1] is None and axes[2] is None:
        found = operator(
            _into_batch(x, axes[0], size), w, bias, stride, padding, dilation, groups, *others
        )
        parts = [part.unflatten(0, (size, -1)) for part in _several(found)]
    else:
        found = operator(
            _into_channels(x, axes[0], size),
            _into_batch(w, axes[1], size),
            _into_batch(bias, axes[2], size),
            stride,
            padding,
            dilation,
            groups * size,
            *others,
        )
        parts = [_out_of_channels(part, size) for part in _several(found)]
    return _as_found(found, parts)


def _several(found: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (found,) if isinstance(found, Tensor) else tuple(found)


def _as_found(found, parts):  # type: ignore[no-untyped-def]
    if isinstance(found, Tensor):
        return parts[0], 0
    return tuple(parts), (0,) * len(parts)


def _conv_rule(info, axes, *arguments):  # type: ignore[no-untyped-def]
    return _conv(conv_op, info, axes, *arguments)


def _conv_and_before_rule(info, axes, *arguments):  # type: ignore[no-untyped-def]
    return _conv(conv_and_before_op, info, axes, *arguments)


def _input_grad_rule(info, axes, g, w, mask, size, stride, padding, dilation, groups, *others):  # type: ignore[no-untyped-def]
    many = info.batch_size
    first, channels, *rest = size
    found = input_grad_op(
        _into_channels(g, axes[0], many),
        _into_batch(w, axes[1], many),
        _into_channels(mask, axes[2], many),
        [first, channels * many, *rest],
        stride,
        padding,
        dilation,
        groups * many,
        *others,
    )
    return _out_of_channels(found, many), 0


def _weight_grad_rule(info, axes, g, x, mask, size, stride, padding, dilation, groups, *others):  # type: ignore[no-untyped-def]
    many = info.batch_size
    outputs, *rest = size
    weights, biases = weight_grad_op(
        _into_channels(g, axes[0], many),
        _into_channels(x, axes[1], many),
        _into_channels(mask, axes[2], many),
        [outputs * many, *rest],
        stride,
        padding,
        dilation,
        groups * many,
        *others,
    )
    return (weights.unflatten(0, (many, -1)), biases.unflatten(0, (many, -1))), (0, 0)


conv_op.register_vmap(_conv_rule)
conv_and_before_op.register_vmap(_conv_and_before_rule)
input_grad_op.register_vmap(_input_grad_rule)
weight_grad_op.register_vmap(_weight_grad_rule)
