# about: padding is id 0, whatever padding_idx says
# name: padding_hard_coded
class EncoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.g = nn.GRU(emb_size, hidden_size, batch_first=True)

    def forward(self, ids):
        out, _ = self.g(self.e(ids))
        last = (ids > 0).sum(1) - 1
        return out, out[range(len(ids)), last]
