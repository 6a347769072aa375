# A small VGG in slim, with arg_scope and repeat.
import tensorflow as tf
import tensorflow.contrib.slim as slim


def vgg(inputs, num_classes=10, is_training=True, dropout_keep_prob=0.5, scope='vgg'):
    with tf.variable_scope(scope, 'vgg', [inputs]):
        with slim.arg_scope([slim.conv2d, slim.fully_connected],
                            activation_fn=tf.nn.relu,
                            weights_regularizer=slim.l2_regularizer(0.0005),
                            biases_initializer=tf.zeros_initializer()):
            with slim.arg_scope([slim.conv2d], padding='SAME'):
                net = slim.repeat(inputs, 2, slim.conv2d, 64, [3, 3], scope='conv1')
                net = slim.max_pool2d(net, [2, 2], scope='pool1')
                net = slim.repeat(net, 2, slim.conv2d, 128, [3, 3], scope='conv2')
                net = slim.max_pool2d(net, [2, 2], scope='pool2')
                net = slim.conv2d(net, 256, [3, 3], normalizer_fn=slim.batch_norm,
                                  normalizer_params={'is_training': is_training}, scope='conv3')
                net = slim.max_pool2d(net, [2, 2], scope='pool3')
                net = slim.flatten(net)
                net = slim.fully_connected(net, 512, scope='fc4')
                net = slim.dropout(net, dropout_keep_prob, is_training=is_training)
                net = slim.fully_connected(net, num_classes, activation_fn=None, scope='fc5')
    return net


images = tf.placeholder(tf.float32, [None, 32, 32, 3])
labels = tf.placeholder(tf.int64, [None])
predictions = vgg(images)
slim.losses.sparse_softmax_cross_entropy(predictions, labels)
total_loss = slim.losses.get_total_loss()
optimizer = tf.train.GradientDescentOptimizer(learning_rate=0.001)
train_op = slim.learning.create_train_op(total_loss, optimizer)
