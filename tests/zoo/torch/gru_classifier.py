"""Classify weather-station series with a bidirectional GRU and attention pooling."""
import torch
import torch.nn as nn


class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.score = nn.Linear(hidden, 1)

    def forward(self, states):                       # (B, T, H)
        weights = torch.softmax(self.score(states), dim=1)
        return torch.sum(weights * states, dim=1)    # (B, H)


class SequenceClassifier(nn.Module):
    def __init__(self, features=8, hidden=64, num_layers=2, classes=5, bidirectional=True, dropout=0.1):
        super().__init__()
        self.hidden = hidden
        self.num_directions = 2 if bidirectional else 1
        self.norm = nn.LayerNorm(features)
        self.gru = nn.GRU(input_size=features, hidden_size=hidden, num_layers=num_layers,
                          batch_first=True, dropout=dropout, bidirectional=bidirectional)
        self.pool = AttentionPool(hidden * self.num_directions)
        self.head = nn.Sequential(
            nn.Linear(2 * hidden * self.num_directions, hidden),
            nn.Tanh(),
            nn.Linear(hidden, classes),
        )

    def forward(self, x, h0=None):
        x = self.norm(x)
        if h0 is None:
            h0 = torch.zeros(self.gru.num_layers * self.num_directions, x.size(0), self.hidden, device=x.device)
        states, h_n = self.gru(x, h0)
        last = torch.cat((h_n[-2], h_n[-1]), dim=-1)
        pooled = self.pool(states)
        return self.head(torch.cat([pooled, last], dim=1))


if __name__ == "__main__":
    batch, steps, features = 16, 24, 8
    net = SequenceClassifier(features)
    x = torch.randn(batch, steps, features)
    print(net(x).shape)
