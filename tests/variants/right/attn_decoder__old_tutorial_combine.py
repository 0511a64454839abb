# about: attn_combine with relu before the GRU, as in older tutorials, but attention by content
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.dropout = nn.Dropout(0.1)
        self.attn = AdditiveAttention(hidden_size, hidden_size, hidden_size)
        self.attn_combine = nn.Linear(emb_size + hidden_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        x = self.dropout(self.embedding(previous))
        context, weights = self.attn(state, outputs, mask)
        x = F.relu(self.attn_combine(torch.cat((x, context), 1)))
        output, hidden = self.gru(x.unsqueeze(1), state.unsqueeze(0))
        return F.log_softmax(self.out(output.squeeze(1)), dim=1), hidden.squeeze(0), weights
