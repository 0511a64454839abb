# exercise: knock82
# mistake: eval_forgotten

import torch, random, numpy as np
from torch import nn, optim
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence, pack_padded_sequence
from torch.utils.data import DataLoader, Dataset
from collections import defaultdict, Counter

from torch.utils.data import TensorDataset
V, E, H, C, LEN = 60, 8, 6, 4, 5
train_ids, train_y = torch.randint(1, V - 1, (40, LEN)), torch.randint(0, C, (40,))
dev_ids, dev_y = torch.randint(1, V - 1, (12, LEN)), torch.randint(0, C, (12,))
class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.rnn, self.out = nn.Embedding(V, E), nn.GRU(E, H, batch_first=True), nn.Linear(H, C)
        self.drop = nn.Dropout(0.3)
    def forward(self, x, h=None):
        return self.out(self.drop(self.rnn(self.emb(x), h)[0][:, -1]))
def rate(scores, gold):
    return (scores.argmax(dim=1) == gold).float().mean().item()

# %% knock82

net = Classifier()
batches = DataLoader(TensorDataset(train_ids, train_y), batch_size=1, shuffle=True)
measure = nn.CrossEntropyLoss()
opt = optim.SGD(net.parameters(), lr=0.05)
for epoch in range(1, 4):
    net.train()
    for ids, gold in batches:
        opt.zero_grad()
        error = measure(net(ids), gold)
        error.backward()
        opt.step()
    with torch.no_grad():
        scores, dev_scores = net(train_ids), net(dev_ids)
        print(f"{epoch} train loss {measure(scores, train_y).item()} acc {rate(scores, train_y)}")
        print(f"  dev loss {measure(dev_scores, dev_y)} acc {rate(dev_scores, dev_y)}")
