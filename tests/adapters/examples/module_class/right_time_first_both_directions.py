# exercise: knock85

import torch
import torch.nn as nn


class BiLSTM(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, output_size, num_layers):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size)
        self.lstm = nn.LSTM(emb_size, hidden_size, num_layers=num_layers, bidirectional=True)
        self.fc = nn.Linear(2 * hidden_size, output_size)

    def forward(self, x):
        o, (h, c) = self.lstm(self.emb(x))
        return self.fc(torch.cat((h[-2], h[-1]), dim=-1))


model = BiLSTM(200, 30, 50, 4, 2)
batch = nn.utils.rnn.pad_sequence([torch.tensor([1, 2, 3]), torch.tensor([4, 5])])
model(batch)
