# about: TWO: batch_first missing, and ReLU on the logits
# name: no_batch_first, relu_on_logits
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size)
        self.linear = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        h, _ = self.rnn(self.embedding(x))
        return torch.relu(self.linear(h[:, -1, :]))
