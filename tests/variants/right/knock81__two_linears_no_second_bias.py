# about: W_hx with the bias, W_hh without, as the formula has it
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.w_hx = nn.Linear(emb_size, hidden_size)
        self.w_hh = nn.Linear(hidden_size, hidden_size, bias=False)
        self.w_yh = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        e = self.emb(ids)
        h = torch.zeros(e.shape[0], self.w_hh.in_features, device=e.device)
        for t in range(e.shape[1]):
            h = (self.w_hx(e[:, t]) + self.w_hh(h)).tanh()
        return self.w_yh(h)
