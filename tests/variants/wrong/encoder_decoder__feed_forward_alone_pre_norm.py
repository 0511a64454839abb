# about: post-norm around both attentions, pre-norm around the feed-forward
# name: pre_norm_in_the_feed_forward_alone
class DecoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.masked = nn.MultiheadAttention(d_model, num_heads, dropout=dropout, batch_first=True)
        self.cross = nn.MultiheadAttention(d_model, num_heads, dropout=dropout, batch_first=True)
        self.lin1, self.lin2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.n1, self.n2, self.n3 = nn.LayerNorm(d_model), nn.LayerNorm(d_model), nn.LayerNorm(d_model)

    def forward(self, x, memory, padding):
        hide = torch.ones(x.size(1), x.size(1)).triu(1).bool()
        x = self.n1(x + self.masked(x, x, x, attn_mask=hide)[0])
        x = self.n2(x + self.cross(x, memory, memory, key_padding_mask=padding)[0])
        return x + self.lin2(F.relu(self.lin1(self.n3(x))))
