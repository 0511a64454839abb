# exercise: knock85
# The function around it is called with what the model is made with: run(lr=0.5, activation_function="tanh").
import torch
from torch import nn

vocab_size, width, hidden = 500, 300, 50


class MyRNN(nn.Module):
    def __init__(self, activation_function):
        super().__init__()
        self.words = nn.Embedding(vocab_size, width, padding_idx=0)
        self.rnn = nn.RNN(
            width, hidden, num_layers=2, batch_first=True, bidirectional=True, nonlinearity=activation_function
        )
        self.last = nn.Linear(2 * hidden, 4)

    def forward(self, x):
        lengths = (x != 0).sum(dim=1).clamp(min=1).cpu()
        packed = nn.utils.rnn.pack_padded_sequence(self.words(x), lengths, batch_first=True, enforce_sorted=False)
        _, states = self.rnn(packed)
        return self.last(torch.cat([states[-2], states[-1]], dim=1))


def run(lr, activation_function, epochs=1):
    model = MyRNN(activation_function)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    ids, labels = torch.tensor([[5, 7, 9], [4, 8, 0]]), torch.tensor([0, 1])
    for _ in range(epochs):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(ids), labels).backward()
        optimizer.step()
    return model


run(lr=0.5, activation_function="tanh")
