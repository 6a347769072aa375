import torch
from torch import nn, optim

autoencoder = nn.Sequential()

encoder = nn.Sequential(
    nn.Conv2d(1, 16, 3, stride=3, padding=1),   # (b, 16, 10, 10)
    nn.ReLU(True),
    nn.MaxPool2d(2, stride=2),                  # (b, 16, 5, 5)
    nn.Conv2d(16, 8, 3, stride=2, padding=1),   # (b, 8, 3, 3)
    nn.ReLU(True),
    nn.MaxPool2d(2, stride=1),                  # (b, 8, 2, 2)
)

decoder = nn.Sequential(
    nn.ConvTranspose2d(8, 16, 3, stride=2),             # (b, 16, 5, 5)
    nn.ReLU(True),
    nn.ConvTranspose2d(16, 8, 5, stride=3, padding=1),  # (b, 8, 15, 15)
    nn.ReLU(True),
    nn.ConvTranspose2d(8, 1, 2, stride=2, padding=1),   # (b, 1, 28, 28)
    nn.Tanh(),
)

autoencoder.add_module("encoder", encoder)
autoencoder.add_module("decoder", decoder)

# a fully connected one beside it
latent = 12
mlp = nn.Sequential(
    nn.Flatten(),
    *[layer for i, o in zip((784, 128, 64), (128, 64, latent)) for layer in (nn.Linear(i, o), nn.ReLU(True))][:-1],
    nn.Linear(latent, 64), nn.ReLU(True),
    nn.Linear(64, 784), nn.Sigmoid(),
    nn.Unflatten(1, (1, 28, 28)),
)

if __name__ == "__main__":
    criterion = nn.MSELoss()
    optimizer = optim.Adam(autoencoder.parameters(), lr=1e-3, weight_decay=1e-5)
    for epoch in range(2):
        img = torch.rand(4, 1, 28, 28)
        output = autoencoder(img)
        loss = criterion(output, img)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(f'epoch [{epoch + 1}], loss: {loss.item():.4f}')
