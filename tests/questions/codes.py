"""The networks of the questions as code in every dialect that can say them; reads nothing.

Each is a twin of the shipped example of its name. MATLAB's volumes are (height, width, depth):
time, the depth of Keras's, comes last. What is missing cannot be said: PyTorch's pools
have no "same", MATLAB's layers do not give a vector its image again.
"""

from __future__ import annotations

TENSORFLOW1 = {
    "conv3d": """
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 16, 1024, 1024, 1])
kernel = tf.Variable(tf.truncated_normal([5, 5, 5, 1, 1], stddev=0.1))
bias = tf.Variable(tf.zeros([1]))
y = tf.nn.conv3d(x, kernel, strides=[1, 1, 1, 1, 1], padding="SAME") + bias
""",
    "time_as_channels_one": """
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 1024, 1024, 16])
kernel = tf.get_variable("kernel", [5, 5, 16, 1])
bias = tf.get_variable("bias", [1], initializer=tf.zeros_initializer())
y = tf.nn.bias_add(tf.nn.conv2d(x, kernel, [1, 1, 1, 1], "SAME"), bias)
""",
    "time_as_channels": """
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
x = tf.placeholder(tf.float32, [None, 1024, 1024, 16])
y = tf.layers.conv2d(x, 16, 5, padding="same")
""",
    "pooling_same": """
import tensorflow as tf
x = tf.placeholder(tf.float32, shape=(None, 25, 20, 7))
y = x
channels = 7
for _ in range(3):
    kernel = tf.Variable(tf.random_normal([5, 5, channels, 15]))
    bias = tf.Variable(tf.constant(0.1, shape=[15]))
    y = tf.nn.bias_add(tf.nn.conv2d(y, kernel, strides=[1, 1, 1, 1], padding="SAME"), bias)
    y = tf.nn.max_pool(y, ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1], padding="SAME")
    channels = 15
""",
    "feature_maps": """
import tensorflow as tf
images = tf.placeholder(tf.float32, [None, 300, 300, 3])
net = tf.layers.conv2d(images, 32, (3, 3), activation=tf.nn.relu)
net = tf.layers.max_pooling2d(net, (2, 2), (2, 2))
net = tf.layers.conv2d(net, filters=64, kernel_size=[3, 3], activation=tf.nn.relu)
net = tf.layers.max_pooling2d(net, pool_size=[2, 2], strides=2)
""",
    "input_channels": """
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 128, 128, 3])
h = x
for number in range(3):
    h = tf.layers.conv2d(h, 24, 8, strides=2, activation=tf.nn.relu, name="conv%d" % (number + 1))
flat = tf.layers.flatten(h)
y = tf.layers.dense(flat, 1, activation=tf.nn.relu)
""",
    "cifar10": """
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 32, 32, 3])
training = tf.placeholder(tf.bool)
h = tf.nn.relu(tf.layers.conv2d(x, 32, 3, padding="same"))
h = tf.layers.conv2d(h, 32, 3, activation=tf.nn.relu)
h = tf.layers.max_pooling2d(h, 2, 2)
h = tf.layers.dropout(h, 0.25, training=training)
h = tf.layers.conv2d(h, 64, 3, padding="same", activation=tf.nn.relu)
h = tf.layers.max_pooling2d(h, 2, 2)
h = tf.layers.dropout(h, 0.25, training=training)
h = tf.layers.flatten(h)
h = tf.layers.dense(h, 256, activation=tf.nn.relu)
h = tf.layers.dropout(h, 0.5, training=training)
y = tf.nn.softmax(tf.layers.dense(h, 10))
""",
}

MATLAB = {
    "conv3d": """
layers = [
    image3dInputLayer([1024 1024 16 1], 'Normalization', 'none')
    convolution3dLayer(5, 1, 'Padding', 'same')];
""",
    "time_as_channels_one": """
layers = [imageInputLayer([1024 1024 16], Normalization="none")
          convolution2dLayer(5, 1, Padding="same")];
net = dlnetwork(layers);
""",
    "time_as_channels": """
t = 16;
layers = [imageInputLayer([1024 1024 t], 'Normalization', 'none'), ...
          convolution2dLayer([5 5], t, 'Padding', 'same')];
lgraph = layerGraph(layers);
""",
    "pooling_same": """
layers = imageInputLayer([25 20 7], 'Normalization', 'none');
for i = 1:3
    layers = [layers
        convolution2dLayer(5, 15, 'Padding', 'same')
        maxPooling2dLayer(2, 'Stride', 1, 'Padding', 'same')];
end
""",
    "feature_maps": """
layers = [
    imageInputLayer([300 300 3], 'Normalization', 'none')
    convolution2dLayer(3, 32)
    reluLayer
    maxPooling2dLayer(2, 'Stride', 2)
    convolution2dLayer(3, 64)
    reluLayer()
    maxPooling2dLayer([2 2], 'Stride', [2 2])];
""",
    "input_channels": """
layers = imageInputLayer([128 128 3], Normalization="none");
for k = 1:3
    layers(end+1) = convolution2dLayer(8, 24, Stride=2, Name="conv" + k);
    layers(end+1) = reluLayer(Name=sprintf('relu_%d', k));
end
layers = [layers; fullyConnectedLayer(1); reluLayer(Name='out')];
""",
    "cifar10": """
layers = [
    imageInputLayer([32 32 3], 'Normalization', 'none')

    convolution2dLayer(3, 32, 'Padding', 'same')
    reluLayer
    convolution2dLayer(3, 32)
    reluLayer
    maxPooling2dLayer(2, 'Stride', 2)
    dropoutLayer(0.25)

    convolution2dLayer(3, 64, 'Padding', 1)
    reluLayer
    maxPooling2dLayer(2, 'Stride', 2)
    dropoutLayer(0.25)

    fullyConnectedLayer(256)
    reluLayer
    dropoutLayer(0.5)
    fullyConnectedLayer(10)
    softmaxLayer
    classificationLayer];
options = trainingOptions('rmsprop', 'MaxEpochs', 30);
net = trainNetwork(imds, layers, options);
""",
}

#: Question 6 in Keras.
KERAS_MNIST = """
from keras import Sequential
from keras.layers import Conv2D, Dense, Dropout, Input, MaxPooling2D, Reshape
model = Sequential([
    Input((784,)), Reshape((28, 28, 1)),
    Conv2D(32, 5, padding="same", activation="relu"), MaxPooling2D(2, padding="same"),
    Conv2D(64, 5, padding="same", activation="relu"), MaxPooling2D(2, padding="same"),
    Reshape((7 * 7 * 64,)), Dense(1024, activation="relu"), Dropout(0.5), Dense(10),
])
"""
