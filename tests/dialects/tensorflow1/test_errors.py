"""Mistakes in TensorFlow 1 code: one clear error each, with its line and what to change."""

from __future__ import annotations

import pytest

import convwise
from convwise.errors import ConvwiseError, MissingInputError, ReadError, RuleError, UnknownNameError

_HEAD = "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 32, 32, 3])\n"
_CONV = "h = tf.nn.conv2d(x, tf.Variable(tf.zeros([5, 5, 3, 8])), [1, 2, 2, 1], 'SAME')\n"


def variable(*sizes: int) -> str:
    return f"tf.Variable(tf.zeros({list(sizes)}))"


WRONG = {
    "the classic flatten": (
        _CONV + "f = tf.reshape(h, [-1, 7*7*8])",
        4,
        "an example of (None, 16, 16, 8) has 2048 values, [-1, 392] takes 392",
    ),
    "the classic weight": (
        _CONV + f"f = tf.reshape(h, [-1, 2048])\ny = tf.matmul(f, {variable(392, 10)})",
        5,
        "Dimensions must be equal, but are 2048 and 392",
    ),
    "a product of images": (
        f"y = tf.matmul(x, {variable(3, 10)}[0])",
        3,
        "matmul multiplies matrices",
    ),
    "channels of the filter": (
        _CONV + f"g = tf.nn.conv2d(h, {variable(3, 3, 5, 2)}, [1, 1, 1, 1], 'SAME')",
        4,
        "the input of conv2d has 8 channels, its filter (3, 3, 5, 2) is for 5",
    ),
    "grey filters on colours": (
        f"h = tf.nn.conv2d(x, {variable(5, 5, 1, 8)}, [1, 1, 1, 1], 'SAME')",
        3,
        "the input of conv2d has 3 channels, its filter (5, 5, 1, 8) is for 1",
    ),
    "depthwise channels": (
        f"h = tf.nn.depthwise_conv2d(x, {variable(5, 5, 4, 1)}, [1, 1, 1, 1], 'SAME')",
        3,
        "the input of depthwise_conv2d has 3 channels",
    ),
    "axes of the filter": (
        f"h = tf.nn.conv2d(x, {variable(5, 5, 3)}, [1, 1, 1, 1], 'SAME')",
        3,
        "the filter of conv2d must have 4 axes, found (5, 5, 3)",
    ),
    "axes of the input": (
        f"f = tf.layers.flatten(x)\nh = tf.nn.conv2d(f, {variable(5, 5, 3, 8)}, [1]*4, 'SAME')",
        4,
        "conv2d needs an input with 4 axes",
    ),
    "stride over the batch": (
        f"h = tf.nn.conv2d(x, {variable(5, 5, 3, 8)}, [2, 2, 2, 1], 'SAME')",
        3,
        "the batch and depth dimensions must have 1, found 2 and 1",
    ),
    "stride over the channels": (
        "h = tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 2], 'SAME')",
        3,
        "the batch and depth dimensions must have 1, found 1 and 2",
    ),
    "too few strides": (
        f"h = tf.nn.conv2d(x, {variable(5, 5, 3, 8)}, [1, 2, 2], 'SAME')",
        3,
        "has 3 entries, 4 are needed",
    ),
    "no strides": (
        f"h = tf.nn.conv2d(x, {variable(5, 5, 3, 8)}, padding='SAME')",
        3,
        "conv2d needs strides",
    ),
    "a padding that is none": (
        f"h = tf.nn.conv2d(x, {variable(5, 5, 3, 8)}, [1, 1, 1, 1], 'HALF')",
        3,
        "padding of conv2d must be 'SAME' or 'VALID', found 'HALF'",
    ),
    "no padding": ("h = tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1])", 3, "needs padding"),
    "a window too large": (
        "h = tf.layers.max_pooling2d(x, 40, 1)",
        3,
        "kernel 40 is larger than its input 32 along height",
    ),
    "one name, two variables": (
        "a = tf.get_variable('w', [3])\nb = tf.get_variable('w', [3])",
        4,
        "Variable w already exists, disallowed",
    ),
    "reuse of what is not there": (
        "with tf.variable_scope('a', reuse=True):\n    w = tf.get_variable('w', [3])",
        4,
        "Variable a/w does not exist",
    ),
    "shared in two sizes": (
        "with tf.variable_scope('a', reuse=tf.AUTO_REUSE):\n"
        "    w = tf.get_variable('w', [3])\n    v = tf.get_variable('w', [4])",
        5,
        "specified shape (4,) and found shape (3,)",
    ),
    "a variable without a shape": ("w = tf.get_variable('w')", 3, "must be fully defined"),
    "a negative size": ("w = tf.get_variable('w', [3, -1])", 3, "sizes must be 1 or more"),
    "a free size in a variable": (
        "w = tf.get_variable('w', [x.get_shape()[0], 3])",
        3,
        "must be known, found None in it",
    ),
    "one name, two layers": (
        "a = tf.layers.conv2d(x, 8, 3, name='a')\nb = tf.layers.conv2d(a, 8, 3, name='a')",
        4,
        "Variable a/kernel already exists",
    ),
    "a misspelt argument": (
        "h = tf.layers.conv2d(x, 8, 3, paddin='same')",
        3,
        "Conv2D has no argument paddin",
    ),
    "an output that cannot be": (
        f"h = tf.nn.conv2d_transpose(x, {variable(2, 2, 8, 3)}, [1, 50, 64, 8], [1, 2, 2, 1])",
        3,
        "output_shape 50 along height is not what an input of 32 can give",
    ),
    "channels of a transposed filter": (
        f"h = tf.nn.conv2d_transpose(x, {variable(2, 2, 8, 4)}, [1, 64, 64, 8], [1, 2, 2, 1])",
        3,
        "the input of conv2d_transpose has 3 channels",
    ),
    "output channels of a transposed filter": (
        f"h = tf.nn.conv2d_transpose(x, {variable(2, 2, 8, 3)}, [1, 64, 64, 3], [1, 2, 2, 1])",
        3,
        "output_shape of conv2d_transpose has 3 channels",
    ),
    "pointwise filters": (
        f"h = tf.nn.separable_conv2d(x, {variable(3, 3, 3, 2)}, {variable(1, 1, 3, 8)},"
        " [1, 1, 1, 1], 'SAME')",
        3,
        "must begin with (1, 1, 6)",
    ),
    "a bias too short": (
        _CONV + f"y = tf.nn.bias_add(h, {variable(7)})",
        4,
        "bias_add adds (7,) to the channels of (None, 16, 16, 8), which are 8",
    ),
    "a sum of two sizes": (_CONV + f"y = h + {variable(7)}", 4, "8 and 7 do not add"),
    "halves of three": ("a, b = tf.split(x, 2, 3)", 3, "3 values do not split into 2 equal parts"),
    "called on nothing": ("y = tf.nn.relu(tf.nn.lrn('x'))", 3, "lrn is called on 'x'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes(name: str) -> None:
    code, line, message = WRONG[name]
    with pytest.raises(RuleError) as caught:
        convwise.read(_HEAD + code, dialect="tensorflow1")
    assert message in caught.value.message
    assert caught.value.where.line == line
    assert caught.value.hint


UNKNOWN: dict[str, tuple[str, type[ConvwiseError], str]] = {
    "units": ("y = tf.layers.dense(x, units)", UnknownNameError, "`units` (line 3) is not known"),
    "a first value": ("w = tf.Variable(load())", UnknownNameError, "`load` (line 3)"),
    "a placeholder": (
        "q = tf.placeholder(tf.float32)\ny = tf.layers.conv2d(q, 8, 3)",
        MissingInputError,
        "the placeholder Placeholder_1 says no shape",
    ),
    "a function": ("def net(x, n):\n    return x", UnknownNameError, "net needs x, n"),
    "nothing": ("", ReadError, "no TensorFlow 1 network was found"),
    "a statement that stops": ("y = [][1]", ReadError, "this statement stops: IndexError"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_cannot_be_known(name: str) -> None:
    code, error, message = UNKNOWN[name]
    with pytest.raises(error) as caught:
        convwise.read(_HEAD + code, dialect="tensorflow1")
    assert message in caught.value.message
    assert caught.value.hint


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(ReadError, match="no tensor named hidde") as caught:
        convwise.read(_HEAD + "hidden = tf.layers.conv2d(x, 8, 3)", name="hidde")
    assert caught.value.hint == "did you mean hidden?"
