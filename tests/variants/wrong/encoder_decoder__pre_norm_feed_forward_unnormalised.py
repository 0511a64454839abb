# about: pre-norm, but the feed-forward reads x itself
# name: normalised_two_ways
class DecoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.masked = nn.MultiheadAttention(d_model, num_heads, dropout=dropout, batch_first=True)
        self.cross = nn.MultiheadAttention(d_model, num_heads, dropout=dropout, batch_first=True)
        self.lin1, self.lin2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.n1, self.n2, self.n3 = nn.LayerNorm(d_model), nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, memory, padding):
        hide = torch.ones(x.size(1), x.size(1)).triu(1).bool()
        z = self.n1(x)
        x = x + self.masked(z, z, z, attn_mask=hide)[0]
        x = x + self.cross(self.n2(x), memory, memory, key_padding_mask=padding)[0]
        return self.n3(x + self.lin2(F.relu(self.lin1(x))))
