# about: vmap of one query
def _one_query(q, k, v, allowed):
    """q (D,), k (Tk, D), v (Tk, Dv), allowed (Tk,)"""
    score = k @ q / k.size(-1) ** 0.5
    top = torch.where(allowed, score, -torch.inf).amax()
    top = torch.where(allowed.any(), top, torch.zeros_like(top)).detach()
    e = torch.where(allowed, torch.exp(torch.where(allowed, score, top) - top), 0.0)
    weights = e / e.sum().clamp(min=torch.finfo(e.dtype).tiny)
    return weights @ v, weights


def scaled_dot_product_attention(q, k, v, mask=None):
    if mask is None:
        mask = torch.ones(q.size(0), q.size(1), k.size(1), dtype=torch.bool, device=q.device)
    over_queries = torch.vmap(_one_query, in_dims=(0, None, None, 0))
    return torch.vmap(over_queries)(q, k, v, mask)
