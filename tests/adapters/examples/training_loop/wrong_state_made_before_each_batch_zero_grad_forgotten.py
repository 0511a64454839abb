# exercise: knock82
# mistake: zero_grad_forgotten

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

V, E, H, C, LEN = 60, 8, 6, 4, 5
train_ids, train_y = torch.randint(1, V - 1, (40, LEN)), torch.randint(0, C, (40,))
dev_ids, dev_y = torch.randint(1, V - 1, (12, LEN)), torch.randint(0, C, (12,))
class Classifier(nn.Module):
    def __init__(self, batch_size):
        super().__init__()
        self.batch_size, self.place = batch_size, torch.device("cpu")
        self.emb, self.rnn, self.out = nn.Embedding(V, E), nn.RNN(E, H, batch_first=True), nn.Linear(H, C)
    def init_hidden(self):
        self.h = torch.zeros(1, self.batch_size, H)
    def forward(self, x):
        states, self.h = self.rnn(self.emb(x), self.h)
        return self.out(states[:, -1])

# %% knock82

def measure(model, loader):
    total, right = 0.0, 0
    for x, y in loader:
        model.init_hidden()
        scores = model.forward(x.to(model.place))
        total += criterion(scores, y).item()
        for i in range(model.batch_size):
            right += int(scores[i].argmax() == y[i])
    return total / len(loader), right / len(loader)

train_loader = DataLoader(TensorDataset(train_ids, train_y))
dev_loader = DataLoader(TensorDataset(dev_ids, dev_y))
net = Classifier(1)
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), 0.01)
for epoch in range(2):
    for x, y in train_loader:
        net.init_hidden()
        loss = criterion(net.forward(x), y)
        loss.backward()
        optimizer.step()
    dev_loss, dev_acc = measure(net, dev_loader)
    train_loss, train_acc = measure(net, train_loader)
    print(f"epoch {epoch}")
    print(f"  train loss: {train_loss} train acc: {train_acc}")
    print(f"  dev loss: {dev_loss} dev acc: {dev_acc}")
