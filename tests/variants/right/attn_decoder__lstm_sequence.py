# about: nn.LSTM over one step, state (h, c) with an axis of layers, scaled dot product after the step, [context; output]
class AttnDecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size, padding_idx=0):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.lstm = nn.LSTM(emb_size, hidden_size, batch_first=True)
        self.project = nn.Linear(2 * hidden_size, vocab_size)

    def forward(self, previous, state, outputs, mask):
        h, c = state
        out, state = self.lstm(self.embed(previous).unsqueeze(1), (h, c))
        context, weights = scaled_dot_product_attention(out, outputs, outputs, mask.unsqueeze(1))
        logits = self.project(torch.cat((context, out), dim=2)).squeeze(1)
        return logits.log_softmax(1), state, weights.squeeze(1)
