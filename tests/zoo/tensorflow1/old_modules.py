"""tf.layers and slim, which TensorFlow 2.21 has no more, over tf.nn: for measured.py alone.

Each follows TensorFlow 1's documented rules: names of variables and operations, defaults, padding.
"""

import contextlib
import types

import tensorflow.compat.v1 as tf

_DEFAULTS = []


def _pair(value, rank=2):
    return [value] * rank if isinstance(value, int) else list(value)


def _conv(inputs, filters, size, stride, padding, use_bias, names=("kernel", "bias")):
    kernel = tf.get_variable(names[0], [*_pair(size), int(inputs.shape[-1]), filters])
    made = tf.nn.conv2d(inputs, kernel, [1, *_pair(stride), 1], padding.upper())
    return tf.nn.bias_add(made, tf.get_variable(names[1], [filters])) if use_bias else made


def _end(made, function):
    return made if function is None else function(made)


def conv2d(inputs, filters, kernel_size, strides=1, padding="valid", activation=None,
           use_bias=True, name=None, reuse=None):
    with tf.variable_scope(name, "conv2d", reuse=reuse):
        made = _conv(inputs, filters, kernel_size, strides, padding, use_bias)
        return _end(made, activation)


def conv2d_transpose(inputs, filters, kernel_size, strides=1, padding="valid", activation=None,
                     name=None):
    with tf.variable_scope(name, "conv2d_transpose"):
        step = _pair(strides)
        kernel = tf.get_variable("kernel", [*_pair(kernel_size), filters, int(inputs.shape[-1])])
        height, width = [int(n) * s for n, s in zip(inputs.shape[1:3], step)]
        shape = tf.stack([tf.shape(inputs)[0], height, width, filters])
        made = tf.nn.conv2d_transpose(inputs, kernel, shape, [1, *step, 1], padding.upper())
        return _end(tf.nn.bias_add(made, tf.get_variable("bias", [filters])), activation)


def separable_conv2d(inputs, filters, kernel_size, strides=1, padding="valid", depth_multiplier=1,
                     activation=None, name=None):
    with tf.variable_scope(name, "separable_conv2d"):
        channels = int(inputs.shape[-1])
        size = _pair(kernel_size)
        depth = tf.get_variable("depthwise_kernel", [*size, channels, depth_multiplier])
        point = tf.get_variable("pointwise_kernel", [1, 1, channels * depth_multiplier, filters])
        steps = [1, *_pair(strides), 1]
        made = tf.nn.separable_conv2d(inputs, depth, point, steps, padding.upper())
        return _end(tf.nn.bias_add(made, tf.get_variable("bias", [filters])), activation)


def dense(inputs, units, activation=None, use_bias=True, name=None):
    with tf.variable_scope(name, "dense"):
        made = tf.matmul(inputs, tf.get_variable("kernel", [int(inputs.shape[-1]), units]))
        made = tf.nn.bias_add(made, tf.get_variable("bias", [units])) if use_bias else made
        return _end(made, activation)


def _pool(function, base):
    def pool(inputs, pool_size, strides, padding="valid", name=None):
        with tf.variable_scope(name, base):
            size, step = [1, *_pair(pool_size), 1], [1, *_pair(strides), 1]
            return function(inputs, size, step, padding.upper())

    return pool


def batch_normalization(inputs, training=False, epsilon=1e-3, center=True, scale=True, name=None,
                        base="batch_normalization"):
    """As at inference: with the moving statistics."""
    with tf.variable_scope(name, base):
        count = [int(inputs.shape[-1])]
        gamma = tf.get_variable("gamma", count) if scale else None
        beta = tf.get_variable("beta", count) if center else None
        mean = tf.get_variable("moving_mean", count, trainable=False)
        variance = tf.get_variable("moving_variance", count, trainable=False)
        return tf.nn.batch_normalization(inputs, mean, variance, beta, gamma, epsilon)


def flatten(inputs, name=None):
    with tf.variable_scope(name, "flatten"):
        count = 1
        for n in inputs.shape[1:]:
            count *= int(n)
        return tf.reshape(inputs, [-1, count])


def dropout(inputs, rate=0.5, training=False, name=None):
    return tf.identity(inputs, name=name or "dropout")


layers = types.SimpleNamespace(
    conv2d=conv2d,
    conv2d_transpose=conv2d_transpose,
    separable_conv2d=separable_conv2d,
    dense=dense,
    flatten=flatten,
    dropout=dropout,
    batch_normalization=batch_normalization,
    max_pooling2d=_pool(tf.nn.max_pool, "max_pooling2d"),
    average_pooling2d=_pool(tf.nn.avg_pool, "average_pooling2d"),
)


def _scoped(function):
    """A function of slim: open arg_scopes give its defaults."""

    def called(*args, **kwargs):
        said = {}
        for names, defaults in _DEFAULTS:
            if called in names:
                said.update(defaults)
        return function(*args, **{**said, **kwargs})

    return called


@contextlib.contextmanager
def arg_scope(functions, **defaults):
    _DEFAULTS.append((functions, defaults))
    try:
        yield
    finally:
        _DEFAULTS.pop()


@_scoped
def slim_conv2d(inputs, num_outputs, kernel_size, stride=1, padding="SAME",
                activation_fn=tf.nn.relu, normalizer_fn=None, normalizer_params=None, scope=None,
                **rest):
    with tf.variable_scope(scope, "Conv"):
        bias = normalizer_fn is None
        names = ("weights", "biases")
        made = _conv(inputs, num_outputs, kernel_size, stride, padding, bias, names)
        if normalizer_fn is not None:
            made = normalizer_fn(made, **(normalizer_params or {}))
        return _end(made, activation_fn)


@_scoped
def fully_connected(inputs, num_outputs, activation_fn=tf.nn.relu, scope=None, **rest):
    with tf.variable_scope(scope, "fully_connected"):
        weights = tf.get_variable("weights", [int(inputs.shape[-1]), num_outputs])
        made = tf.nn.bias_add(tf.matmul(inputs, weights), tf.get_variable("biases", [num_outputs]))
        return _end(made, activation_fn)


def batch_norm(inputs, is_training=True, **rest):
    return batch_normalization(inputs, scale=False, base="BatchNorm")


def max_pool2d(inputs, kernel_size, stride=2, padding="VALID", scope=None):
    with tf.variable_scope(scope, "MaxPool2D"):
        return tf.nn.max_pool(inputs, [1, *_pair(kernel_size), 1], [1, stride, stride, 1], padding)


def repeat(inputs, count, function, *args, scope, **kwargs):
    with tf.variable_scope(scope):
        for turn in range(count):
            inputs = function(inputs, *args, scope=f"{scope}_{turn + 1}", **kwargs)
        return inputs


def slim_dropout(inputs, keep_prob=0.5, is_training=True, scope=None):
    return tf.identity(inputs, name="Dropout")


def slim_flatten(inputs, scope=None):
    with tf.variable_scope(scope, "Flatten"):
        return flatten(inputs)


class Stop(Exception):
    """The graph is made: what follows trains."""


def stop(*args, **kwargs):
    raise Stop


slim = types.ModuleType("tensorflow.contrib.slim")
slim.conv2d = slim_conv2d
slim.fully_connected = fully_connected
slim.batch_norm = batch_norm
slim.max_pool2d = max_pool2d
slim.repeat = repeat
slim.dropout = slim_dropout
slim.flatten = slim_flatten
slim.arg_scope = arg_scope
slim.l2_regularizer = lambda scale: None
slim.losses = types.SimpleNamespace(sparse_softmax_cross_entropy=stop)
