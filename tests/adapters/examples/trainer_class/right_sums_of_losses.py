# exercise: knock82

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

V, E, H, C, LEN = 60, 8, 6, 4, 5
train_ids, train_y = torch.randint(1, V - 1, (40, LEN)), torch.randint(0, C, (40,))
dev_ids, dev_y = torch.randint(1, V - 1, (12, LEN)), torch.randint(0, C, (12,))
class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.rnn, self.out = nn.Embedding(V, E), nn.GRU(E, H, batch_first=True), nn.Linear(H, C)
    def forward(self, x, h=None):
        return self.out(self.rnn(self.emb(x), h)[0][:, -1])

# %% knock82

class Trainer:
    def __init__(self, net, criterion, optimizer, train_loader, valid_loader, device='cpu'):
        self.net, self.criterion, self.optimizer = net.to(device), criterion, optimizer
        self.train_loader, self.valid_loader, self.device = train_loader, valid_loader, device
    def learn(self):
        self.net.train()
        for xb, yb in self.train_loader:
            loss = self.criterion(self.net(xb), yb)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
    @torch.no_grad()
    def score(self, loader):
        self.net.eval()
        total, hits = 0.0, 0
        for xb, yb in loader:
            out = self.net(xb)
            total += self.criterion(out, yb).item()   # a sum over the batches
            hits += int((out.argmax(-1) == yb).sum())
        return total, hits / len(loader.dataset)
    def train(self, num_epochs):
        history = {'train_loss': [], 'train_acc': [], 'valid_loss': [], 'valid_acc': []}
        for _ in range(num_epochs):
            self.learn()
            for part, loader in (('train', self.train_loader), ('valid', self.valid_loader)):
                loss, acc = self.score(loader)
                history[f'{part}_loss'].append(loss)
                history[f'{part}_acc'].append(acc)
        return history

net = Classifier()
trainer = Trainer(net, nn.CrossEntropyLoss(), optim.SGD(net.parameters(), lr=0.1),
                  DataLoader(TensorDataset(train_ids, train_y), batch_size=8, shuffle=True),
                  DataLoader(TensorDataset(dev_ids, dev_y), batch_size=5))
print(trainer.train(2))
