# exercise: knock82

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
    def forward(self, x, h=None):
        return self.out(self.rnn(self.emb(x), h)[0][:, -1])
def rate(scores, gold):
    return (scores.argmax(dim=1) == gold).float().mean().item()

# %% knock82

class Trainer:
    def __init__(self, net, criterion, optimizer, train_loader, valid_loader, device='cpu'):
        self.net, self.criterion, self.optimizer = net.to(device), criterion, optimizer
        self.train_loader, self.valid_loader, self.device = train_loader, valid_loader, device
    def one_epoch(self):
        self.net.train()
        for ids, gold in self.train_loader:
            self.optimizer.zero_grad()
            self.criterion(self.net(ids), gold).backward()
            self.optimizer.step()
    def measure(self, loader):
        total, hits, count = 0.0, 0, 0
        with torch.no_grad():
            for ids, gold in loader:
                scores = self.net(ids)
                total += self.criterion(scores, gold).item() * len(gold)
                hits += (scores.argmax(dim=1) == gold).sum().item()
                count += len(gold)
        return total / count, hits / count
    def fit(self, n_epochs):
        for epoch in range(n_epochs):
            self.one_epoch()
            train_loss, train_acc = self.measure(self.train_loader)
            valid_loss, valid_acc = self.measure(self.valid_loader)
            print(epoch, train_loss, train_acc, valid_loss, valid_acc)
