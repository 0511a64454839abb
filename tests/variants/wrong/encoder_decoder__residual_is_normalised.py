# about: pre-norm that writes x = norm(x), so that the residual carries the normalised one; a last norm in the Transformer is not there
# name: residual_from_the_normalised
class DecoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.attn = nn.MultiheadAttention(d_model, num_heads, dropout=dropout, batch_first=True)
        self.cross = nn.MultiheadAttention(d_model, num_heads, dropout=dropout, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(d_model, d_ff), nn.GELU(), nn.Dropout(dropout), nn.Linear(d_ff, d_model))
        self.ln1, self.ln2, self.ln3 = nn.LayerNorm(d_model), nn.LayerNorm(d_model), nn.LayerNorm(d_model)

    def forward(self, x, memory, padding):
        T = x.size(1)
        causal = torch.triu(torch.full((T, T), float("-inf")), diagonal=1)
        x = self.ln1(x)
        x = x + self.attn(x, x, x, attn_mask=causal, need_weights=False)[0]
        x = self.ln2(x)
        x = x + self.cross(x, memory, memory, key_padding_mask=padding, need_weights=False)[0]
        x = self.ln3(x)
        return x + self.mlp(x)
