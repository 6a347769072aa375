# C3D with a quarter of its filters on small clips, weights in dictionaries, as in the port for UCF101.
import tensorflow as tf

NUM_CLASSES = 101
CROP_SIZE = 56
CHANNELS = 3
NUM_FRAMES_PER_CLIP = 16


def conv3d(name, l_input, w, b):
    return tf.nn.bias_add(
        tf.nn.conv3d(l_input, w, strides=[1, 1, 1, 1, 1], padding='SAME'), b)


def max_pool(name, l_input, k):
    return tf.nn.max_pool3d(l_input, ksize=[1, k, 2, 2, 1], strides=[1, k, 2, 2, 1],
                            padding='SAME', name=name)


def inference_c3d(_X, _dropout, batch_size, _weights, _biases):
    conv1 = conv3d('conv1', _X, _weights['wc1'], _biases['bc1'])
    conv1 = tf.nn.relu(conv1, 'relu1')
    pool1 = max_pool('pool1', conv1, k=1)

    conv2 = conv3d('conv2', pool1, _weights['wc2'], _biases['bc2'])
    conv2 = tf.nn.relu(conv2, 'relu2')
    pool2 = max_pool('pool2', conv2, k=2)

    conv3 = conv3d('conv3', pool2, _weights['wc3a'], _biases['bc3a'])
    conv3 = tf.nn.relu(conv3, 'relu3a')
    pool3 = max_pool('pool3', conv3, k=2)

    conv4 = conv3d('conv4', pool3, _weights['wc4a'], _biases['bc4a'])
    conv4 = tf.nn.relu(conv4, 'relu4a')
    pool4 = max_pool('pool4', conv4, k=2)

    conv5 = conv3d('conv5', pool4, _weights['wc5a'], _biases['bc5a'])
    conv5 = tf.nn.relu(conv5, 'relu5a')
    pool5 = max_pool('pool5', conv5, k=2)

    pool5 = tf.transpose(pool5, perm=[0, 1, 4, 2, 3])
    dense1 = tf.reshape(pool5, [batch_size, _weights['wd1'].get_shape().as_list()[0]])
    dense1 = tf.matmul(dense1, _weights['wd1']) + _biases['bd1']
    dense1 = tf.nn.relu(dense1, name='fc1')
    dense1 = tf.nn.dropout(dense1, _dropout)
    out = tf.matmul(dense1, _weights['out']) + _biases['out']
    return out


def _variable_with_weight_decay(name, shape, stddev=0.1, wd=0.0005):
    var = tf.get_variable(name, shape, initializer=tf.truncated_normal_initializer(stddev=stddev))
    if wd is not None:
        weight_decay = tf.nn.l2_loss(var) * wd
        tf.add_to_collection('losses', weight_decay)
    return var


batch_size = 10
with tf.Graph().as_default():
    images_placeholder = tf.placeholder(
        tf.float32, shape=(batch_size, NUM_FRAMES_PER_CLIP, CROP_SIZE, CROP_SIZE, CHANNELS))
    labels_placeholder = tf.placeholder(tf.int64, shape=(batch_size))
    with tf.variable_scope('var_name') as var_scope:
        weights = {
            'wc1': _variable_with_weight_decay('wc1', [3, 3, 3, 3, 16]),
            'wc2': _variable_with_weight_decay('wc2', [3, 3, 3, 16, 32]),
            'wc3a': _variable_with_weight_decay('wc3a', [3, 3, 3, 32, 64]),
            'wc4a': _variable_with_weight_decay('wc4a', [3, 3, 3, 64, 128]),
            'wc5a': _variable_with_weight_decay('wc5a', [3, 3, 3, 128, 128]),
            'wd1': _variable_with_weight_decay('wd1', [512, 256]),
            'out': _variable_with_weight_decay('wout', [256, NUM_CLASSES]),
        }
        biases = {
            'bc1': _variable_with_weight_decay('bc1', [16], 0.000),
            'bc2': _variable_with_weight_decay('bc2', [32], 0.000),
            'bc3a': _variable_with_weight_decay('bc3a', [64], 0.000),
            'bc4a': _variable_with_weight_decay('bc4a', [128], 0.000),
            'bc5a': _variable_with_weight_decay('bc5a', [128], 0.000),
            'bd1': _variable_with_weight_decay('bd1', [256], 0.000),
            'out': _variable_with_weight_decay('bout', [NUM_CLASSES], 0.000),
        }
    logit = inference_c3d(images_placeholder, 0.5, batch_size, weights, biases)
    cross_entropy_mean = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logit, labels=labels_placeholder))
