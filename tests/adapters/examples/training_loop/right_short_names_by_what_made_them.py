# exercise: knock82

import torch
import torch.nn.functional as F
from torch import nn, optim

SIZE, CLASSES = 60, 4
data = {"train": (torch.randint(1, SIZE - 1, (30, 6)), torch.randint(0, CLASSES, (30,))),
        "dev": (torch.randint(1, SIZE - 1, (10, 6)), torch.randint(0, CLASSES, (10,)))}
x_tr, y_tr = data["train"]
x_dev, y_dev = data["dev"]


class Net(nn.Module):
    def __init__(self, n_words, n_embed, n_hidden, n_classes):
        super().__init__()
        self.embed = nn.Embedding(n_words, n_embed)
        self.lstm = nn.LSTM(n_embed, n_hidden, batch_first=True)
        self.top = nn.Linear(n_hidden, n_classes)

    def forward(self, x):
        states, _ = self.lstm(self.embed(x))
        return self.top(states[:, -1])

# %% knock82

def check(net, x, y):
    with torch.no_grad():
        p = net(x)
    return F.cross_entropy(p, y).item(), (p.argmax(1) == y).float().mean().item()


net = Net(SIZE, 12, 10, CLASSES)
sgd = optim.SGD(net.parameters(), lr=0.1)
for epoch in range(2):
    for n in torch.randperm(len(x_tr)):
        sgd.zero_grad()
        F.cross_entropy(net(x_tr[n : n + 1]), y_tr[n : n + 1]).backward()
        sgd.step()
    l1, a1 = check(net, x_tr, y_tr)
    l2, a2 = check(net, x_dev, y_dev)
    print(f"{epoch}: loss {l1:.4f} {l2:.4f}, acc {a1:.3f} {a2:.3f}")
