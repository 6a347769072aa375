# A convolutional network with channels first, strides and biases along the second axis.
import tensorflow as tf


def conv(x, n_out, size, stride, name, relu=True):
    n_in = x.shape[1].value if hasattr(x.shape[1], 'value') else int(x.shape[1])
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        w = tf.get_variable('weights', [size, size, n_in, n_out])
        b = tf.get_variable('biases', [n_out])
        y = tf.nn.conv2d(x, w, strides=[1, 1, stride, stride], padding='SAME', data_format='NCHW')
        y = tf.nn.bias_add(y, b, data_format='NCHW')
        return tf.nn.leaky_relu(y, alpha=0.1) if relu else y


frames = tf.placeholder(tf.float32, shape=[None, 6, 64, 96])
net = conv(frames, 64, 7, 2, 'conv1')
net = conv(net, 128, 5, 2, 'conv2')
pooled = tf.nn.max_pool(net, ksize=[1, 1, 3, 3], strides=[1, 1, 2, 2], padding='SAME',
                        data_format='NCHW')
net = conv(pooled, 256, 3, 1, 'conv3')
flow = conv(net, 2, 3, 1, 'flow', relu=False)
