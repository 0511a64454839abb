# exercise: knock82

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

VOCAB, DIM, HIDDEN = 60, 8, 6
x_train, y_train = torch.randint(1, VOCAB - 1, (40, 5)), torch.randint(0, 4, (40,))
x_valid, y_valid = torch.randint(1, VOCAB - 1, (12, 5)), torch.randint(0, 4, (12,))

# %% knock82

class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, output_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        _, h = self.rnn(self.emb(x))
        return torch.log_softmax(self.fc(h[-1]), dim=-1)


model = RNN(VOCAB, DIM, HIDDEN, 4)
loader = DataLoader(TensorDataset(x_train, y_train), batch_size=1, shuffle=True)
criterion = nn.NLLLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(3):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        out, out_valid = model(x_train), model(x_valid)
        acc = (out.argmax(dim=1) == y_train).float().mean().item()
        acc_valid = (out_valid.argmax(dim=1) == y_valid).float().mean().item()
        print(epoch, criterion(out, y_train).item(), acc, criterion(out_valid, y_valid).item(), acc_valid)
