# about: key_padding_mask is given the mask of real words
# name: mask_flipped

class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attention = nn.MultiheadAttention(hidden_size, 1, batch_first=True)
        self.gru = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(2 * hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        context, weights = self.attention(state.unsqueeze(1), outputs, outputs, key_padding_mask=mask)
        context = context.squeeze(1)
        state = self.gru(torch.cat([self.embedding(previous), context], dim=-1), state)
        return F.log_softmax(self.out(torch.cat([state, context], dim=-1)), dim=-1), state, weights.squeeze(1)
