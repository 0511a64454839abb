# about: the last word is looked for by ids != 0: the unknown word (id 0) is taken for padding
# name: padding_taken_to_be_zero, zero_taken_for_padding, id_0_is_padding
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        out, _ = self.rnn(self.emb(ids))
        lengths = (ids != 0).sum(dim=1).clamp(min=1)
        return self.fc(out[torch.arange(len(ids)), lengths - 1])
