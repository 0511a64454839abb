# about: the mask is applied the other way round (its transpose)
# name: mask_transposed
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.h, self.d_k = num_heads, d_model // num_heads
        self.q_linear = nn.Linear(d_model, d_model)
        self.k_linear = nn.Linear(d_model, d_model)
        self.v_linear = nn.Linear(d_model, d_model)
        self.out = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        b = query.size(0)
        k = self.k_linear(key).view(b, -1, self.h, self.d_k).permute(0, 2, 3, 1)
        q = self.q_linear(query).view(b, -1, self.h, self.d_k).permute(0, 2, 1, 3)
        v = self.v_linear(value).view(b, -1, self.h, self.d_k).permute(0, 2, 1, 3)
        scores = torch.matmul(q, k) / math.sqrt(self.d_k)
        if mask is not None and mask.size(0) == mask.size(1):
            scores = scores.masked_fill(mask.T == 0, -1e9)
        elif mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        w = F.softmax(scores, dim=-1)
        x = torch.matmul(w, v).transpose(1, 2).contiguous().view(b, -1, self.h * self.d_k)
        return self.out(x), w
