# about: bmm and squeeze()
# name: squeezed_axes
def scaled_dot_product_attention(q, k, v, mask=None):
    s = torch.bmm(q, k.transpose(1, 2)) / k.shape[-1] ** 0.5
    if mask is not None:
        s = s.masked_fill(~mask, -1e9)
    a = torch.softmax(s, -1)
    if mask is not None:
        a = a.masked_fill(~mask, 0)
    return torch.bmm(a, v).squeeze(), a.squeeze()
