# VGG-16 with a helper per layer and weights in a list.
import tensorflow as tf
import numpy as np


class vgg16:
    def __init__(self, imgs, weights=None, sess=None):
        self.imgs = imgs
        self.parameters = []
        self.convlayers()
        self.fc_layers()
        self.probs = tf.nn.softmax(self.fc3l)
        if weights is not None and sess is not None:
            self.load_weights(weights, sess)

    def conv(self, name, inputs, n_in, n_out):
        with tf.name_scope(name) as scope:
            kernel = tf.Variable(tf.truncated_normal([3, 3, n_in, n_out], dtype=tf.float32,
                                                     stddev=1e-1), name='weights')
            conv = tf.nn.conv2d(inputs, kernel, [1, 1, 1, 1], padding='SAME')
            biases = tf.Variable(tf.constant(0.0, shape=[n_out], dtype=tf.float32),
                                 trainable=True, name='biases')
            out = tf.nn.bias_add(conv, biases)
            self.parameters += [kernel, biases]
            return tf.nn.relu(out, name=scope)

    def convlayers(self):
        with tf.name_scope('preprocess') as scope:
            mean = tf.constant([123.68, 116.779, 103.939], dtype=tf.float32,
                               shape=[1, 1, 1, 3], name='img_mean')
            net = self.imgs - mean
        channels = 3
        for block, (depth, times) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]):
            for i in range(times):
                net = self.conv('conv%d_%d' % (block + 1, i + 1), net, channels, depth)
                channels = depth
            net = tf.nn.max_pool(net, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1],
                                 padding='SAME', name='pool%d' % (block + 1))
        self.pool5 = net

    def fc_layers(self):
        with tf.name_scope('fc1') as scope:
            shape = int(np.prod(self.pool5.get_shape()[1:]))
            fc1w = tf.Variable(tf.truncated_normal([shape, 4096], stddev=1e-1), name='weights')
            fc1b = tf.Variable(tf.constant(1.0, shape=[4096]), trainable=True, name='biases')
            pool5_flat = tf.reshape(self.pool5, [-1, shape])
            fc1l = tf.nn.bias_add(tf.matmul(pool5_flat, fc1w), fc1b)
            self.fc1 = tf.nn.relu(fc1l)
            self.parameters += [fc1w, fc1b]
        with tf.name_scope('fc2') as scope:
            fc2w = tf.Variable(tf.truncated_normal([4096, 4096], stddev=1e-1), name='weights')
            fc2b = tf.Variable(tf.constant(1.0, shape=[4096]), trainable=True, name='biases')
            fc2l = tf.nn.bias_add(tf.matmul(self.fc1, fc2w), fc2b)
            self.fc2 = tf.nn.relu(fc2l)
        with tf.name_scope('fc3') as scope:
            fc3w = tf.Variable(tf.truncated_normal([4096, 1000], stddev=1e-1), name='weights')
            fc3b = tf.Variable(tf.constant(1.0, shape=[1000]), trainable=True, name='biases')
            self.fc3l = tf.nn.bias_add(tf.matmul(self.fc2, fc3w), fc3b)

    def load_weights(self, weight_file, sess):
        weights = np.load(weight_file)
        for i, k in enumerate(sorted(weights.keys())):
            sess.run(self.parameters[i].assign(weights[k]))


if __name__ == '__main__':
    sess = tf.Session()
    imgs = tf.placeholder(tf.float32, [None, 224, 224, 3])
    vgg = vgg16(imgs, 'vgg16_weights.npz', sess)
    prob = sess.run(vgg.probs, feed_dict={vgg.imgs: [np.zeros((224, 224, 3))]})[0]
