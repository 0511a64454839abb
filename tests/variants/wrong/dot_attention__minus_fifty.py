# about: masked scores are -50
# part: masked_score_too_small
def scaled_dot_product_attention(q, k, v, mask=None):
    s = torch.bmm(q, k.transpose(1, 2)) / k.shape[-1] ** 0.5
    if mask is not None:
        s = torch.where(mask, s, torch.tensor(-50.0))
    a = torch.softmax(s, -1)
    if mask is not None:
        a = torch.where(mask.any(-1, keepdim=True), a, torch.zeros_like(a))
    return torch.bmm(a, v), a
