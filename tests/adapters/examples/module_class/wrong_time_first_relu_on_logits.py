# exercise: knock81
# mistake: relu_on_logits

import torch
from torch import nn

# %% knock81

class Tagger(nn.Module):
    def __init__(self, emb_dim, hidden_dim, vocab_size, output_dim):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_dim)
        self.rnn = nn.LSTM(emb_dim, hidden_dim)
        self.fc = nn.Linear(hidden_dim, output_dim)
        self.log_probabilities = nn.LogSoftmax(dim=1)

    def forward(self, words):
        embedded = self.embedding(words)
        outputs, (hidden, cell) = self.rnn(embedded)
        # outputs = [src len, batch size, hid dim * n directions]
        return self.log_probabilities(torch.relu(self.fc(outputs[-1])))

tagger = Tagger(emb_dim=300, hidden_dim=50, vocab_size=40, output_dim=4)
print(tagger(torch.tensor([1, 2, 3, 4]).view(-1, 1)))
