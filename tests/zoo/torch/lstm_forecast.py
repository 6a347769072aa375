import torch
import torch.nn as nn

# Hyper-parameters
sequence_length = 28
input_size = 28
hidden_size = 128
num_layers = 2
horizon = 12
device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')


# Recurrent neural network (many-to-one)
class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers, num_classes):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.lstm = nn.LSTM(input_size, hidden_size, num_layers, batch_first=True)
        self.fc = nn.Linear(hidden_size, num_classes)

    def forward(self, x):
        # Set initial hidden and cell states
        h0 = torch.zeros(self.num_layers, x.size(0), self.hidden_size).to(device)
        c0 = torch.zeros(self.num_layers, x.size(0), self.hidden_size).to(device)

        # Forward propagate LSTM
        out, _ = self.lstm(x, (h0, c0))  # out: tensor of shape (batch_size, seq_length, hidden_size)

        # Decode the hidden state of the last time step
        out = self.fc(out[:, -1, :])
        return out


class CNNLSTM(nn.Module):
    """A small CNN looks at every frame, an LSTM at the sequence of what it saw."""

    def __init__(self, frames=8, features=64):
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(16, features, 3, stride=2, padding=1), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )
        self.rnn = nn.LSTM(features, 64, batch_first=True, proj_size=32)
        self.cell = nn.GRUCell(32, 32)
        self.out = nn.Linear(32, 1)

    def forward(self, clip):
        b, t, c, h, w = clip.shape
        seen = self.cnn(clip.view(b * t, c, h, w)).view(b, t, -1)
        _, (h_n, c_n) = self.rnn(seen)
        state = h_n[-1]
        inp = torch.zeros_like(state)
        outs = []
        for _ in range(horizon):
            state = self.cell(inp, state)
            outs.append(self.out(state))
            inp = state
        return torch.cat(outs, dim=1)


if __name__ == "__main__":
    model = RNN(input_size, hidden_size, num_layers, horizon).to(device)
    images = torch.randn(4, sequence_length, input_size)
    print(model(images).shape)
    clip = torch.randn(2, 8, 1, 64, 64)
    print(CNNLSTM()(clip).shape)
