# The beginning of MobileNet: depthwise and pointwise convolutions, relu6, moving statistics.
import tensorflow as tf


def variable(name, shape, trainable=True):
    return tf.get_variable(name, shape, tf.float32, trainable=trainable)


def batch_norm(x, name='bn'):
    with tf.variable_scope(name):
        c = [int(x.get_shape()[-1])]
        gamma = variable('gamma', c)
        beta = variable('beta', c)
        mean = variable('moving_mean', c, trainable=False)
        var = variable('moving_variance', c, trainable=False)
        return tf.nn.batch_normalization(x, mean, var, beta, gamma, 1e-3)


def conv(x, filters, size, stride, name):
    with tf.variable_scope(name):
        w = variable('w', [size, size, int(x.get_shape()[-1]), filters])
        x = tf.nn.conv2d(x, w, [1, stride, stride, 1], 'SAME')
        return tf.nn.relu6(batch_norm(x))


def separable(x, filters, stride, name):
    with tf.variable_scope(name):
        w = variable('dw', [3, 3, int(x.get_shape()[-1]), 1])
        x = tf.nn.depthwise_conv2d(x, w, [1, stride, stride, 1], padding='SAME')
        x = tf.nn.relu6(batch_norm(x, 'dw_bn'))
        return conv(x, filters, 1, 1, 'pw')


images = tf.placeholder(tf.float32, [None, 128, 128, 3], name='images')
net = conv(images, 32, 3, 2, 'conv1')
for i, (filters, stride) in enumerate([(64, 1), (128, 2), (128, 1), (256, 2), (256, 1)]):
    net = separable(net, filters, stride, 'separable_%d' % (i + 1))
net = tf.nn.avg_pool(net, [1, 16, 16, 1], [1, 1, 1, 1], 'VALID')
net = tf.squeeze(net, [1, 2])
logits = tf.matmul(net, variable('fc_w', [256, 10])) + variable('fc_b', [10])
prediction = tf.nn.softmax(logits, name='prediction')
