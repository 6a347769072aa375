# The head of FCN-8s on small feature maps: 1x1 scores, skips added, transposed convolutions.
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()

NUM_CLASSES = 21


def weights(shape, name):
    return tf.get_variable(name, shape, initializer=tf.truncated_normal_initializer(stddev=0.02))


def conv(x, n_out, size, name, relu=True):
    with tf.variable_scope(name):
        W = weights([size, size, x.get_shape().as_list()[3], n_out], 'W')
        b = weights([n_out], 'b')
        y = tf.nn.conv2d(x, W, strides=[1, 1, 1, 1], padding='SAME') + b
    return tf.nn.relu(y) if relu else y


def up(x, like, factor, name):
    size = 2 * factor
    shape = tf.shape(like)
    out = like.get_shape().as_list()[3]
    W = weights([size, size, out, x.get_shape().as_list()[3]], name)
    return tf.nn.conv2d_transpose(x, W, shape, strides=[1, factor, factor, 1], padding='SAME')


image = tf.placeholder(tf.float32, shape=[None, 96, 96, 3], name='input_image')
net = image
pools = []
for i, n in enumerate([16, 32, 64, 64, 64]):
    net = conv(net, n, 3, 'conv%d' % (i + 1))
    net = tf.nn.max_pool(net, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')
    pools.append(net)
conv6 = conv(pools[4], 256, 7, 'conv6')
conv6 = tf.nn.dropout(conv6, rate=0.15)
conv8 = conv(conv6, NUM_CLASSES, 1, 'conv8', relu=False)
up1 = up(conv8, pools[3], 2, 'W_t1')
fuse_1 = tf.add(up1, pools[3], name='fuse_1')
up2 = up(fuse_1, pools[2], 2, 'W_t2')
fuse_2 = tf.add(up2, pools[2], name='fuse_2')
W_t3 = weights([16, 16, NUM_CLASSES, 64], 'W_t3')
shape = tf.shape(image)
deconv_shape3 = tf.stack([shape[0], shape[1], shape[2], NUM_CLASSES])
logits = tf.nn.conv2d_transpose(fuse_2, W_t3, deconv_shape3, strides=[1, 8, 8, 1], padding='SAME')
annotation = tf.argmax(logits, axis=3, name='prediction')
