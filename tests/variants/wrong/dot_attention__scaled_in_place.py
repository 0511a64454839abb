# about: k is divided in place
# name: query_changed_in_place
def scaled_dot_product_attention(q, k, v, mask=None):
    k.div_(math.sqrt(k.size(-1)))
    s = torch.einsum("bid,bjd->bij", q, k)
    if mask is not None:
        s = s.masked_fill(mask == 0, -1e9)
    a = s.softmax(2)
    if mask is not None:
        a = a * mask
    return torch.einsum("bij,bjd->bid", a, v), a
