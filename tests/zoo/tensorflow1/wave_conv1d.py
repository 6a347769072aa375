# A dilated residual network on sequences: conv1d, atrous convolution by tf.nn.convolution, gates.
import tensorflow as tf

DILATIONS = [1, 2, 4, 8]
CHANNELS = 16

signal = tf.placeholder(tf.float32, [None, 256, 1], name='signal')
w0 = tf.Variable(tf.truncated_normal([3, 1, CHANNELS], stddev=0.1), name='w0')
net = tf.nn.conv1d(signal, w0, stride=1, padding='SAME')
skips = []
for i, rate in enumerate(DILATIONS):
    with tf.variable_scope('block%d' % i):
        wf = tf.get_variable('filter', [3, CHANNELS, CHANNELS])
        wg = tf.get_variable('gate', [3, CHANNELS, CHANNELS])
        bf = tf.get_variable('filter_bias', [CHANNELS], initializer=tf.zeros_initializer())
        f = tf.nn.convolution(net, wf, padding='SAME', dilation_rate=[rate]) + bf
        g = tf.nn.convolution(net, wg, padding='SAME', dilation_rate=[rate])
        z = tf.tanh(f) * tf.sigmoid(g)
        w1 = tf.get_variable('dense', [1, CHANNELS, CHANNELS])
        z = tf.nn.conv1d(z, w1, stride=1, padding='SAME')
        skips.append(z)
        net = net + z
total = tf.nn.relu(tf.add_n(skips))
w_out = tf.Variable(tf.truncated_normal([1, CHANNELS, 4], stddev=0.1), name='w_out')
scores = tf.nn.conv1d(total, w_out, stride=4, padding='VALID')
mean = tf.reduce_mean(scores, axis=1)
