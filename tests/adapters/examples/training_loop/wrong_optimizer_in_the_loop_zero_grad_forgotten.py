# exercise: knock82
# mistake: zero_grad_forgotten

import torch
from torch import nn
from torch.utils.data import TensorDataset, DataLoader
class RNN(nn.Module):
    def __init__(self, vocab_size, hidden_size, output_size, emb_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)
    def forward(self, x):
        return self.fc(self.rnn(self.emb(x))[0][:, -1])
torch.manual_seed(0)
dataset_train = TensorDataset(torch.randint(1, 30, (40, 6)), torch.randint(0, 4, (40,)))
dataset_valid = TensorDataset(torch.randint(1, 30, (12, 6)), torch.randint(0, 4, (12,)))
network, epoch, lr = RNN(31, 8, 4, 16), 3, 0.05
loader_train = DataLoader(dataset_train, batch_size=1, shuffle=True)
loader_valid = DataLoader(dataset_valid, batch_size=1)
# %% knock82
for e in range(1, epoch + 1):
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=lr)   # SGD keeps no state: making it anew changes nothing
    train_loss, train_right, valid_loss, valid_right = 0.0, 0, 0.0, 0
    network.train()
    for x, y in loader_train:
        out = network(x)
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
        train_loss += loss.item() * len(y); train_right += int((out.argmax(1) == y).sum())
    network.eval()
    with torch.no_grad():
        for x, y in loader_valid:
            out = network(x)
            valid_loss += criterion(out, y).item() * len(y); valid_right += int((out.argmax(1) == y).sum())
    print(f"epoch {e} train loss {train_loss / len(dataset_train):.4f} train acc {train_right / len(dataset_train):.4f} valid loss {valid_loss / len(dataset_valid):.4f} valid acc {valid_right / len(dataset_valid):.4f}")
