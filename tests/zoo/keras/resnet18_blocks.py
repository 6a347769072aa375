"""ResNet-18 as a subclassed model whose blocks are layers of their own."""
import tensorflow as tf
from tensorflow.keras import layers


class BasicBlock(layers.Layer):
    expansion = 1

    def __init__(self, filters, stride=1, **kwargs):
        super(BasicBlock, self).__init__(**kwargs)
        self.conv1 = layers.Conv2D(filters, 3, strides=stride, padding='same', use_bias=False)
        self.bn1 = layers.BatchNormalization()
        self.relu = layers.ReLU()
        self.conv2 = layers.Conv2D(filters, 3, strides=1, padding='same', use_bias=False)
        self.bn2 = layers.BatchNormalization()

        if stride != 1:
            self.downsample = tf.keras.Sequential([
                layers.Conv2D(filters * self.expansion, 1, strides=stride, use_bias=False),
                layers.BatchNormalization(),
            ])
        else:
            self.downsample = lambda x: x

    def call(self, inputs, training=None):
        residual = self.downsample(inputs)
        x = self.conv1(inputs)
        x = self.bn1(x, training=training)
        x = self.relu(x)
        x = self.conv2(x)
        x = self.bn2(x, training=training)
        return tf.nn.relu(x + residual)


class ResNet(tf.keras.Model):
    def __init__(self, layer_dims, num_classes=1000):
        super().__init__()
        self.stem = tf.keras.Sequential([
            layers.Conv2D(64, 7, strides=2, padding='same', use_bias=False),
            layers.BatchNormalization(),
            layers.Activation('relu'),
            layers.MaxPool2D(pool_size=3, strides=2, padding='same'),
        ])
        self.layer1 = self.build_resblock(64, layer_dims[0])
        self.layer2 = self.build_resblock(128, layer_dims[1], stride=2)
        self.layer3 = self.build_resblock(256, layer_dims[2], stride=2)
        self.layer4 = self.build_resblock(512, layer_dims[3], stride=2)
        self.avgpool = layers.GlobalAveragePooling2D()
        self.fc = layers.Dense(num_classes)

    def build_resblock(self, filters, blocks, stride=1):
        res_blocks = tf.keras.Sequential()
        res_blocks.add(BasicBlock(filters, stride))
        for _ in range(1, blocks):
            res_blocks.add(BasicBlock(filters, stride=1))
        return res_blocks

    def call(self, inputs, training=None):
        x = self.stem(inputs, training=training)
        x = self.layer1(x, training=training)
        x = self.layer2(x, training=training)
        x = self.layer3(x, training=training)
        x = self.layer4(x, training=training)
        x = self.avgpool(x)
        return self.fc(x)


def resnet18():
    return ResNet([2, 2, 2, 2])


model = resnet18()
model.build(input_shape=(None, 224, 224, 3))


def main():
    model.summary()
    optimizer = tf.keras.optimizers.Adam(learning_rate=1e-3)
    dataset = tf.data.Dataset.from_tensor_slices([]).batch(64)
    for epoch in range(50):
        for images, labels in dataset:
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(model(images, training=True))
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(grads, model.trainable_variables))


if __name__ == '__main__':
    main()
