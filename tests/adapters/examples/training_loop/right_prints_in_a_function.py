# exercise: knock82

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SIZE = 60
train_data = TensorDataset(torch.randint(1, SIZE - 1, (30, 6)), torch.randint(0, 4, (30,)))
valid_data = TensorDataset(torch.randint(1, SIZE - 1, (10, 6)), torch.randint(0, 4, (10,)))


class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, output_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        out, h = self.rnn(self.emb(x))
        return self.fc(out[:, -1])

# %% knock82

def train_loop(dataset, model, loss_fn, optimizer, batch_size):
    for X, y in DataLoader(dataset, batch_size=batch_size, shuffle=True):
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def test_loop(dataset, model, loss_fn):
    size, total, correct = len(dataset), 0, 0
    with torch.no_grad():
        for X, y in DataLoader(dataset, batch_size=1):
            pred = model(X)
            total += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    print(f"loss: {total / size:>7f} accuracy: {correct / size:>7f}")


model = RNN(SIZE, 10, 8, 4)
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
for t in range(3):
    print(f"Epoch {t + 1}\n-------------------------------")
    train_loop(train_data, model, loss_fn, optimizer, 1)
    test_loop(train_data, model, loss_fn)
    test_loop(valid_data, model, loss_fn)
