"""V-Net (Milletari et al. 2016): strided convolutions down, transposed convolutions up, PReLU."""
from tensorflow.keras.layers import Add, Concatenate, Conv3D, Conv3DTranspose, Dropout, Input, PReLU, Softmax
from tensorflow.keras.models import Model


class VNet:
    """Collects the hyperparameters; `create` makes the network."""

    def __init__(self, n_classes=2, width=16, patch=(128, 128, 64), channels=1, dropout=0.1):
        self.n_classes = n_classes
        self.width = width
        self.patch = patch
        self.channels = channels
        self.dropout = dropout
        self.depths = [1, 2, 3, 3]

    def conv_prelu(self, x, filters, kernel=5, stride=1):
        x = Conv3D(filters, kernel, strides=stride, padding='same')(x)
        return PReLU(shared_axes=[1, 2, 3])(x)

    def residual(self, x, filters, depth, concat=None):
        shortcut = x
        if concat is not None:
            x = Concatenate(axis=-1)([x, concat])
        for _ in range(depth):
            x = self.conv_prelu(x, filters)
        x = Add()([x, shortcut])
        if self.dropout:
            x = Dropout(self.dropout)(x)
        return x

    def create(self):
        inputs = Input(shape=(*self.patch, self.channels), name='volume')
        x = self.conv_prelu(inputs, self.width)
        features = []
        filters = self.width
        for depth in self.depths:
            x = self.residual(x, filters, depth)
            features.append(x)
            filters *= 2
            x = self.conv_prelu(x, filters, kernel=2, stride=2)
        x = self.residual(x, filters, 3)
        for depth, skip in list(zip(self.depths, features))[::-1]:
            filters //= 2
            x = Conv3DTranspose(filters, kernel_size=2, strides=2, padding='valid')(x)
            x = PReLU(shared_axes=[1, 2, 3])(x)
            x = self.residual(x, filters, depth, concat=skip)
        x = Conv3D(self.n_classes, 1)(x)
        return Model(inputs, Softmax(axis=-1)(x), name='vnet')


model = VNet(n_classes=2).create()
