# exercise: knock81
# mistake: no_batch_first

import torch
from torch import nn


class Reader(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, output_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size)
        self.rnn = nn.RNN(emb_size, hidden_size)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        out, h = self.rnn(self.emb(x))
        return self.fc(out[:, -1])


def predict(net, title):
    return torch.softmax(net(title.unsqueeze(0)), dim=-1)


net = Reader(100, 16, 8, 4)
predict(net, torch.tensor([3, 1, 2]))
