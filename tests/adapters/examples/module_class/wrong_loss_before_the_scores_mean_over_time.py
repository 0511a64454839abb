# exercise: knock81
# mistake: mean_over_time
from torch import nn
from torch.nn import functional as F


class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, output_size, padding_idx):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn, self.fc = nn.RNN(emb_size, hidden_size, batch_first=True), nn.Linear(hidden_size, output_size)

    def forward(self, x, y):
        out, h = self.rnn(self.emb(x))
        logits = self.fc(out.mean(1))
        return F.cross_entropy(logits, y), logits
