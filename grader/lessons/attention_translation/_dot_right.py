"""Right answers to scaled_dot_product_attention in other styles."""

from grader.checks import accepts, edit

library_call = accepts(edit("weights @ v, weights", "F.scaled_dot_product_attention(q, k, v, attn_mask=mask), weights"))
einsum = accepts(
    edit("q @ k.transpose(-2, -1)", 'torch.einsum("bqd,bkd->bqk", q, k)'),
    edit("weights @ v,", 'torch.einsum("bqk,bkd->bqd", weights, v),'),
)
query_scaled_first = accepts(
    edit("q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))", "torch.bmm(q * k.size(-1) ** -0.5, k.permute(0, 2, 1))")
)
loops = accepts(
    edit(
        "q @ k.transpose(-2, -1)",
        "torch.stack([torch.stack([torch.stack([(one * other).sum() for other in keys]) for one in queries]) "
        "for queries, keys in zip(q, k)])",
    )
)
head_axis = accepts(edit("weights @ v, weights", "weights @ v, weights.unsqueeze(1)"))
infinity_repaired = accepts(
    edit("torch.finfo(scores.dtype).min", 'float("-inf")'),
    edit("weights.masked_fill(~mask, 0.0)", "weights.nan_to_num(0.0)"),
)
renormalised = accepts(
    edit("scores.masked_fill(~mask, torch.finfo(scores.dtype).min)", "scores"),
    edit(
        "weights.masked_fill(~mask, 0.0)",
        "weights * mask / (weights * mask).sum(-1, keepdim=True).clamp_min(1e-12)",
    ),
)
