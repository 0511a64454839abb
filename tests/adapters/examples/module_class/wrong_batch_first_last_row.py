# exercise: knock81
# fails: titles_are_independent

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, output_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size)
        self.rnn = nn.LSTM(emb_size, hidden_size)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        states, _ = self.rnn(self.emb(ids))
        return self.fc(states[:, -1, :])
