# about: later words are hidden in evaluation mode only
# part: no_causal_mask
class DecoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.self_attention = nn.MultiheadAttention(d_model, num_heads, dropout, batch_first=True)
        self.source_attention = nn.MultiheadAttention(d_model, num_heads, dropout, batch_first=True)
        self.feed_forward = nn.Sequential(nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model))
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(d_model) for _ in range(3))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, memory, padding):
        future = None
        if not self.training:
            future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        seen, _ = self.self_attention(x, x, x, attn_mask=future)
        x = self.norm1(x + self.dropout(seen))
        read, _ = self.source_attention(x, memory, memory, key_padding_mask=padding)
        x = self.norm2(x + self.dropout(read))
        return self.norm3(x + self.dropout(self.feed_forward(x)))
