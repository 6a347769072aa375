"""Rain for the next hour from the last two: a U-Net on time steps as channels, trained inside `main`."""
import numpy as np
from keras.models import Model
from keras import layers as kl

HISTORY, HORIZON = 12, 6
TILE = 256


def block(x, n, k=3):
    for _ in range(2):
        x = kl.Conv2D(n, k, padding='same')(x)
        x = kl.LeakyReLU(0.2)(x)
    return x


def nowcast(history=HISTORY, horizon=HORIZON, base=32, depth=4, residual=True):
    frames = kl.Input((TILE, TILE, history))
    x, skips = frames, []
    n = base
    for _ in range(depth):
        x = block(x, n)
        skips.append(x)
        x = kl.MaxPool2D()(x)
        n *= 2
    x = block(x, n)
    for skip in reversed(skips):
        n //= 2
        x = kl.UpSampling2D(interpolation='bilinear')(x)
        x = kl.Concatenate()([x, skip])
        x = block(x, n)
    x = kl.Conv2D(horizon, 1)(x)
    if residual:
        last = frames[..., -1:]
        x = x + last
    return Model(frames, kl.ReLU(max_value=100.)(x), name='nowcast')


def main():
    data = np.load('radar.npy')
    model = nowcast()
    model.compile('adam', 'logcosh')
    model.fit(data, epochs=20, batch_size=8)
    model.save('nowcast.keras')


if __name__ == '__main__':
    main()
