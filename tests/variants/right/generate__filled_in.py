# about: a tensor of the final size is filled from left to right, the best character by torch.max
def generate(model, prompt, n, temperature=1.0, top_k=None):
    model.eval()
    B, T = prompt.shape
    out = torch.zeros(B, T + n, dtype=torch.long)
    out[:, :T] = prompt
    with torch.inference_mode():
        for t in range(T, T + n):
            first = max(0, t - model.max_len)
            logits = model(out[:, first:t])[:, -1, :]
            if temperature == 0:
                out[:, t] = logits.max(dim=-1).indices
                continue
            logits = logits / temperature
            if top_k:
                values, indices = logits.topk(min(top_k, logits.shape[-1]), dim=-1)
                picked = torch.distributions.Categorical(logits=values).sample()
                out[:, t] = indices.gather(1, picked[:, None])[:, 0]
            else:
                out[:, t] = torch.distributions.Categorical(logits=logits).sample()
    return out
