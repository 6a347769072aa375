# U-Net with conv2d_transpose whose output shape is taken from the tensor, and crops by tf.slice.
import tensorflow as tf


def weight_variable(shape, stddev=0.1, name='weight'):
    initial = tf.truncated_normal(shape, stddev=stddev)
    return tf.Variable(initial, name=name)


def bias_variable(shape, name='bias'):
    initial = tf.constant(0.1, shape=shape)
    return tf.Variable(initial, name=name)


def conv2d(x, W, b):
    with tf.name_scope('conv2d'):
        conv_2d = tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding='VALID')
        return tf.nn.bias_add(conv_2d, b)


def deconv2d(x, W, stride):
    with tf.name_scope('deconv2d'):
        x_shape = tf.shape(x)
        output_shape = tf.stack([x_shape[0], x_shape[1]*2, x_shape[2]*2, x_shape[3]//2])
        return tf.nn.conv2d_transpose(x, W, output_shape, strides=[1, stride, stride, 1],
                                      padding='VALID', name='conv2d_transpose')


def max_pool(x, n):
    return tf.nn.max_pool(x, ksize=[1, n, n, 1], strides=[1, n, n, 1], padding='VALID')


def crop_and_concat(x1, x2):
    with tf.name_scope('crop_and_concat'):
        x1_shape = x1.get_shape().as_list()
        x2_shape = x2.get_shape().as_list()
        offsets = [0, (x1_shape[1] - x2_shape[1]) // 2, (x1_shape[2] - x2_shape[2]) // 2, 0]
        size = [-1, x2_shape[1], x2_shape[2], -1]
        x1_crop = tf.slice(x1, offsets, size)
        return tf.concat([x1_crop, x2], 3)


def create_conv_net(x, channels, n_class, layers=3, features_root=16, filter_size=3, pool_size=2):
    in_node = x
    dw_h_convs = {}
    for layer in range(0, layers):
        with tf.name_scope('down_conv_{}'.format(str(layer))):
            features = 2 ** layer * features_root
            if layer == 0:
                w1 = weight_variable([filter_size, filter_size, channels, features], name='w1')
            else:
                w1 = weight_variable([filter_size, filter_size, features // 2, features], name='w1')
            w2 = weight_variable([filter_size, filter_size, features, features], name='w2')
            b1 = bias_variable([features], name='b1')
            b2 = bias_variable([features], name='b2')
            tmp_h_conv = tf.nn.relu(conv2d(in_node, w1, b1))
            dw_h_convs[layer] = tf.nn.relu(conv2d(tmp_h_conv, w2, b2))
            if layer < layers - 1:
                in_node = max_pool(dw_h_convs[layer], pool_size)
    in_node = dw_h_convs[layers - 1]

    for layer in range(layers - 2, -1, -1):
        with tf.name_scope('up_conv_{}'.format(str(layer))):
            features = 2 ** (layer + 1) * features_root
            wd = weight_variable([pool_size, pool_size, features // 2, features], name='wd')
            bd = bias_variable([features // 2], name='bd')
            h_deconv = tf.nn.relu(deconv2d(in_node, wd, pool_size) + bd)
            h_deconv.set_shape([None, None, None, features // 2])
            h_deconv_concat = crop_and_concat(dw_h_convs[layer], h_deconv)
            w1 = weight_variable([filter_size, filter_size, features, features // 2], name='w1')
            w2 = weight_variable([filter_size, filter_size, features // 2, features // 2], name='w2')
            b1 = bias_variable([features // 2], name='b1')
            b2 = bias_variable([features // 2], name='b2')
            h_conv = tf.nn.relu(conv2d(h_deconv_concat, w1, b1))
            in_node = tf.nn.relu(conv2d(h_conv, w2, b2))

    with tf.name_scope('output_map'):
        weight = weight_variable([1, 1, features_root, n_class])
        bias = bias_variable([n_class], name='bias')
        output_map = tf.nn.relu(conv2d(in_node, weight, bias))
    return output_map


x = tf.placeholder('float', shape=[None, 92, 92, 1], name='x')
y = tf.placeholder('float', shape=[None, 52, 52, 2], name='y')
logits = create_conv_net(x, 1, 2)
flat_logits = tf.reshape(logits, [-1, 2])
flat_labels = tf.reshape(y, [-1, 2])
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=flat_logits, labels=flat_labels))
