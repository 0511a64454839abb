# about: F.dropout on the embeddings of the encoder
# name: dropout_left_on
class EncoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.padding_idx = padding_idx
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.g = nn.GRU(emb_size, hidden_size, batch_first=True)

    def forward(self, ids):
        n = (ids != self.padding_idx).sum(1)
        out, _ = self.g(F.dropout(self.e(ids), 0.2))
        return out, out[torch.arange(len(ids)), n - 1]
