# exercise: knock84
# mistake: order_of_the_file

import torch, random, numpy as np
from torch import nn, optim
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence, pack_padded_sequence
from torch.utils.data import DataLoader, Dataset
from collections import defaultdict, Counter
number = {f'w{n}': n for n in range(1, 30)}

# %% knock84

class KeyedVectors:
    @staticmethod
    def load_word2vec_format(name, binary=False):
        raise OSError("no file here")
class WithVectors(nn.Module):
    def __init__(self, n_words, emb_dim=300, hidden=50, n_out=4, drop=0.2):
        super().__init__()
        vectors = KeyedVectors.load_word2vec_format('vectors.bin', binary=True)
        weights = torch.FloatTensor(vectors.vectors)
        self.emb = nn.Embedding.from_pretrained(weights, freeze=False)
        self.rnn, self.out = nn.LSTM(emb_dim, hidden, batch_first=True), nn.Linear(hidden, n_out)
    def forward(self, x):
        return self.out(self.rnn(self.emb(x))[0][:, -1])
