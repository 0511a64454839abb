# exercise: knock81
# mistake: mean_over_time

import torch
from torch import nn


class Mean(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, output_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size)
        self.rnn = nn.RNN(emb_size, hidden_size)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, seq):
        out, h = self.rnn(self.emb(seq))
        return self.fc(out.mean(dim=0))
