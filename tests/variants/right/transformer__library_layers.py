# about: nn.TransformerEncoder, pre-norm, GELU
class TransformerLM(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, dropout=0.1, max_len=256):
        super().__init__()
        self.max_len = max_len
        self.emb = nn.Embedding(vocab_size, d_model)
        self.pos = nn.Parameter(torch.zeros(max_len, d_model))
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers, norm=nn.LayerNorm(d_model), enable_nested_tensor=False)
        self.fc = nn.Linear(d_model, vocab_size)

    def forward(self, ids):
        T = ids.size(1)
        x = self.emb(ids) + self.pos[:T]
        return self.fc(self.encoder(x, mask=~causal_mask(T)))
