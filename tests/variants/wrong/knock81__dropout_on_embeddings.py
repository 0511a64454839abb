# about: F.dropout on the embeddings, always on
# name: dropout_left_on
# known: no
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.r = nn.LSTM(emb_size, hidden_size, batch_first=True)
        self.o = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        x = F.dropout(self.e(ids), 0.2)
        return self.o(self.r(x)[1][0][-1])
