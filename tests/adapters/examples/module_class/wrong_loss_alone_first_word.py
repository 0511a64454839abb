# exercise: knock81
# fails: computes_the_recurrence
import torch
import torch.nn as nn


class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, hidden_size, output_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)
        self.criterion = nn.CrossEntropyLoss()

    def forward(self, x, y):
        out, _ = self.rnn(self.emb(x))
        return self.criterion(self.fc(out[:, 0]), y)
