# about: nn.MultiheadAttention with one head as the attention
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.attend = nn.MultiheadAttention(hidden_size, num_heads=1, batch_first=True)
        self.cell = nn.GRUCell(emb_size + hidden_size, hidden_size)
        self.out = nn.Linear(2 * hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        context, weights = self.attend(state.unsqueeze(1), outputs, outputs, key_padding_mask=~mask)
        context, weights = context.squeeze(1), weights.squeeze(1)
        state = self.cell(torch.cat((self.emb(previous), context), -1), state)
        return self.out(torch.cat((state, context), -1)).log_softmax(-1), state, weights
