# tf.layers throughout: batch normalisation, strides, transposed and separable convolutions, dropout.
import tensorflow as tf

is_training = tf.placeholder(tf.bool, name='is_training')
inputs = tf.placeholder(tf.float32, [None, 48, 48, 3], name='inputs')


def block(x, filters, name):
    with tf.variable_scope(name):
        x = tf.layers.conv2d(x, filters, 3, strides=2, padding='same', use_bias=False, name='conv')
        x = tf.layers.batch_normalization(x, training=is_training, name='bn')
        return tf.nn.elu(x)


down1 = block(inputs, 16, 'down1')
down2 = block(down1, 32, 'down2')
mid = tf.layers.separable_conv2d(down2, 32, 3, padding='same', depth_multiplier=2, activation=tf.nn.relu)
mid = tf.layers.dropout(mid, rate=0.3, training=is_training)
up1 = tf.layers.conv2d_transpose(mid, 16, 3, strides=2, padding='same', activation=tf.nn.relu)
both = tf.concat([up1, down1], axis=-1)
pooled = tf.layers.average_pooling2d(both, 3, 2, padding='same')
wide = tf.image.resize_nearest_neighbor(pooled, [48, 48])
output = tf.layers.conv2d(wide, 1, 1, activation=tf.sigmoid, name='output')
target = tf.placeholder(tf.float32, [None, 48, 48, 1])
loss = tf.losses.mean_squared_error(target, output)
train_op = tf.train.AdamOptimizer().minimize(loss)
