# LeNet-5 with tf.layers.
import tensorflow as tf

EPOCHS = 10
BATCH_SIZE = 128


def LeNet(x):
    conv1 = tf.layers.conv2d(x, filters=6, kernel_size=5, padding='valid', activation=tf.nn.relu)
    pool1 = tf.layers.max_pooling2d(conv1, pool_size=2, strides=2)
    conv2 = tf.layers.conv2d(pool1, 16, (5, 5), activation=tf.nn.relu)
    pool2 = tf.layers.max_pooling2d(conv2, (2, 2), (2, 2))
    flat = tf.layers.flatten(pool2)
    fc1 = tf.layers.dense(flat, 120, activation=tf.nn.relu)
    fc2 = tf.layers.dense(fc1, 84, tf.nn.relu, name='hidden')
    logits = tf.layers.dense(fc2, 10)
    return logits


x = tf.placeholder(tf.float32, (None, 32, 32, 1))
y = tf.placeholder(tf.int32, (None))
one_hot_y = tf.one_hot(y, 10)

logits = LeNet(x)
cross_entropy = tf.nn.softmax_cross_entropy_with_logits(labels=one_hot_y, logits=logits)
loss_operation = tf.reduce_mean(cross_entropy)
optimizer = tf.train.AdamOptimizer(learning_rate=0.001)
training_operation = optimizer.minimize(loss_operation)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(EPOCHS):
        _, loss = sess.run([training_operation, loss_operation], feed_dict={})
        print('epoch', i, loss)
