# about: calls itself for what is left, and draws by the inverse of the cumulative distribution
def generate(model, prompt, n, temperature=1.0, top_k=None):
    if n == 0:
        return prompt
    model.eval()
    with torch.no_grad():
        z = model(prompt[:, -model.max_len :])[:, -1, :].double()
    if temperature == 0:
        best = z.argmax(1)
    else:
        if top_k is not None:
            outside = z.argsort(dim=1, descending=True)[:, top_k:]
            z = z.scatter(1, outside, float("-inf"))
        upto = F.softmax(z / temperature, dim=1).cumsum(1)
        best = torch.searchsorted(upto, torch.rand(len(z), 1, dtype=z.dtype)).squeeze(1).clamp(max=z.shape[1] - 1)
    return generate(model, torch.hstack([prompt, best[:, None]]), n - 1, temperature, top_k)
