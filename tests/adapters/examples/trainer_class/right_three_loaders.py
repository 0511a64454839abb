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
    def __init__(self, model, optimizer, trn_dl, val_dl, test_dl, num_epoch, device):
        self.model, self.optimizer, self.criterion = model, optimizer, nn.CrossEntropyLoss()
        self.trn_dl, self.val_dl, self.test_dl = trn_dl, val_dl, test_dl
        self.num_epoch, self.device = num_epoch, device
    def one_epoch(self):
        self.model.train()
        for ids, gold in self.trn_dl:
            ids, gold = ids.to(self.device), gold.to(self.device)
            self.optimizer.zero_grad()
            self.criterion(self.model(ids), gold).backward()
            self.optimizer.step()
    def evaluate(self, loader):
        self.model.eval()
        total, hits, count = 0.0, 0, 0
        with torch.no_grad():
            for ids, gold in loader:
                scores = self.model(ids.to(self.device))
                total += self.criterion(scores, gold).item() * len(gold)
                hits += (scores.argmax(dim=1) == gold).sum().item()
                count += len(gold)
        return hits / count, total / count
    def train(self):
        accuracies, losses = [], []
        for epoch in range(self.num_epoch):
            self.one_epoch()
            accuracy, loss = {}, {}
            accuracy['train_acc'], loss['train_loss'] = self.evaluate(self.trn_dl)
            accuracy['valid_acc'], loss['valid_loss'] = self.evaluate(self.val_dl)
            accuracy['test_acc'], loss['test_loss'] = self.evaluate(self.test_dl)
            accuracies.append(accuracy)
            losses.append(loss)
        return accuracies, losses

loaders = [DataLoader(TensorDataset(ids, gold), batch_size=size) for ids, gold, size in
           ((train_ids, train_y, 1), (dev_ids, dev_y, 4), (dev_ids, dev_y, 4))]
model = Classifier()
trn_dl, val_dl, test_dl = loaders
trainer = Trainer(model, optim.SGD(model.parameters(), lr=0.3), trn_dl, val_dl, test_dl, 2, device='cpu')
accuracies, losses = trainer.train()
