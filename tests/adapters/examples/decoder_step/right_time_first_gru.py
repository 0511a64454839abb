# exercise: seq2seq

import torch
from torch import nn

class Encoder(nn.Module):
    def __init__(self, vocab, emb_dim, hid_dim):
        super().__init__()
        self.emb, self.gru = nn.Embedding(vocab, emb_dim), nn.GRU(emb_dim, hid_dim)
    def forward(self, src):  # src: (length, batch)
        return self.gru(self.emb(src))

class Decoder(nn.Module):
    def __init__(self, vocab, emb_dim, hid_dim):
        super().__init__()
        self.emb, self.gru, self.out = nn.Embedding(vocab, emb_dim), nn.GRU(emb_dim, hid_dim), nn.Linear(hid_dim, vocab)
    def forward(self, word, hidden):  # word: (batch,)
        out, hidden = self.gru(self.emb(word)[None], hidden)
        return self.out(out[0]), hidden

outputs, state = Encoder(20, 8, 12)(torch.randint(0, 20, (6, 3)))
print(Decoder(30, 8, 12)(torch.tensor([1, 1, 1]), state)[0].shape)
