import torch
import torch.nn as nn
import torch.nn.functional as F


class Config(object):

    """Hyperparameters"""
    def __init__(self):
        self.model_name = 'TextCNN'
        self.num_classes = 10
        self.n_vocab = 4762
        self.embed = 300
        self.filter_sizes = (2, 3, 4)
        self.num_filters = 256
        self.dropout = 0.5
        self.pad_size = 32
        self.embedding_pretrained = None


'''Convolutional Neural Networks for Sentence Classification'''


class Model(nn.Module):
    def __init__(self, config):
        super(Model, self).__init__()
        if config.embedding_pretrained is not None:
            self.embedding = nn.Embedding.from_pretrained(config.embedding_pretrained, freeze=False)
        else:
            self.embedding = nn.Embedding(config.n_vocab, config.embed, padding_idx=config.n_vocab - 1)
        self.convs = nn.ModuleList(
            [nn.Conv2d(1, config.num_filters, (k, config.embed)) for k in config.filter_sizes])
        self.dropout = nn.Dropout(config.dropout)
        self.fc = nn.Linear(config.num_filters * len(config.filter_sizes), config.num_classes)

    def conv_and_pool(self, x, conv):
        x = F.relu(conv(x)).squeeze(3)
        x = F.max_pool1d(x, x.size(2)).squeeze(2)
        return x

    def forward(self, x):
        out = self.embedding(x)
        out = out.unsqueeze(1)
        out = torch.cat([self.conv_and_pool(out, conv) for conv in self.convs], 1)
        out = self.dropout(out)
        out = self.fc(out)
        return out


config = Config()
model = Model(config)

if __name__ == '__main__':
    tokens = torch.randint(0, config.n_vocab, (8, config.pad_size))
    print(model(tokens).shape)
