# exercise: knock85

import torch
from torch import nn
class RnnNet(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden_dim, num_layers=1, bi_dir=False):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, embed_dim)
        self.rnn = nn.RNN(embed_dim, hidden_dim, num_layers, batch_first=True, bidirectional=bi_dir)
        self.fc = nn.Linear(hidden_dim * (2 if bi_dir else 1), 4)
        self.bi_dir = bi_dir
    def forward(self, x):
        out, h = self.rnn(self.emb(x))
        return self.fc(torch.cat([h[-2], h[-1]], 1) if self.bi_dir else h[-1])
model = RnnNet(len(word2id) + 1, 16, 8)
