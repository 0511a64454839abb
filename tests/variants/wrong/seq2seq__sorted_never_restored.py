# about: sorted for packing and never put back
# name: left_in_sorted_order
class EncoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.p = padding_idx
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.g = nn.GRU(emb_size, hidden_size, batch_first=True)

    def forward(self, ids):
        n, order = (ids != self.p).sum(1).sort(descending=True)
        packed = pack_padded_sequence(self.e(ids[order]), n.cpu(), batch_first=True)
        out, h = self.g(packed)
        out, _ = pad_packed_sequence(out, batch_first=True, total_length=ids.size(1))
        return out, h[-1]
