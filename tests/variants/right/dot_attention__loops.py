# about: row by row, with -inf and a look at rows where all is masked
def scaled_dot_product_attention(q, k, v, mask=None):
    B, Tq, D = q.shape
    weights = torch.zeros(B, Tq, k.size(1), dtype=q.dtype)
    rows = []
    for b in range(B):
        for i in range(Tq):
            s = (k[b] @ q[b, i]) / D**0.5
            if mask is not None:
                if not mask[b, i].any():
                    rows.append(torch.zeros_like(s))
                    continue
                s = s.masked_fill(~mask[b, i], float("-inf"))
            rows.append(torch.softmax(s, 0))
    weights = torch.stack(rows).view(B, Tq, -1)
    return torch.bmm(weights, v), weights
