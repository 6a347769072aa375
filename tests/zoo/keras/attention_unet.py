"""A U-Net whose skips are gated by the coarser level (Oktay et al. 2018), built with a class attribute table."""
from tensorflow.keras import Input, Model, layers as L


class GatedUNet:
    WIDTHS = (32, 64, 128, 256)
    BOTTOM = 512

    @classmethod
    def conv(cls, x, width, dropout=0.0):
        for step in range(2):
            x = L.Conv2D(width, kernel_size=(3, 3), padding="same", use_bias=False)(x)
            x = L.BatchNormalization(axis=-1)(x)
            x = L.ReLU()(x)
            if step == 0 and dropout > 0:
                x = L.SpatialDropout2D(dropout)(x)
        return x

    @staticmethod
    def gate(skip, signal, inter):
        theta = L.Conv2D(inter, 2, strides=2, padding="same", use_bias=False)(skip)
        phi = L.Conv2D(inter, 1)(signal)
        f = L.Activation("relu")(L.add([theta, phi]))
        psi = L.Conv2D(1, 1, activation="sigmoid")(f)
        psi = L.UpSampling2D(2, interpolation="nearest")(psi)
        return skip * psi

    def __call__(self, shape=(192, 192, 1), classes=4):
        inputs = x = Input(shape, batch_size=None)
        skips = []
        for depth, width in enumerate(self.WIDTHS):
            x = self.conv(x, width, dropout=0.1 * depth)
            skips += [x]
            x = L.AveragePooling2D(2)(x)
        x = self.conv(x, self.BOTTOM, 0.4)
        while skips:
            skip = skips.pop()
            width = skip.shape[-1]
            gated = self.gate(skip, x, width // 2)
            x = L.Conv2DTranspose(width, 2, 2)(x)
            x = L.Concatenate()([x, gated])
            x = self.conv(x, width)
        activation = "sigmoid" if classes == 1 else "softmax"
        return Model(inputs, L.Conv2D(classes, 1, activation=activation)(x))


model = GatedUNet()()
