# exercise: knock85
# mistake: last_output_of_both
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
        outputs, _ = self.rnn(self.words(x))
        return self.last(outputs[:, -1])


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
