# about: squeeze() on the output drops a batch or a length of one
# name: squeezed_axes
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.h, self.d = num_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        B = query.size(0)
        q = self.q_proj(query).view(B, -1, self.h, self.d).transpose(1, 2)
        k = self.k_proj(key).view(B, -1, self.h, self.d).transpose(1, 2)
        v = self.v_proj(value).view(B, -1, self.h, self.d).transpose(1, 2)
        s = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(self.d)
        if mask is not None:
            s = s.masked_fill(mask == 0, -1e9)
        w = torch.softmax(s, dim=-1)
        x = torch.matmul(w, v).transpose(1, 2).contiguous().view(B, -1, self.h * self.d)
        return self.out_proj(x).squeeze(), w
