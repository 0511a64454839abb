# about: draws with a generator of its own, so never the same twice
G = torch.Generator().manual_seed(0)
def generate(model, prompt, n, temperature=1.0, top_k=None):
    model.eval()
    ids = prompt
    with torch.no_grad():
        for _ in range(n):
            logits = model(ids[:, -model.max_len :])[:, -1]
            if top_k is not None:
                worst = logits.topk(top_k).values[:, -1:]
                logits = logits.masked_fill(logits < worst, float("-inf"))
            if temperature == 0:
                chosen = logits.argmax(dim=-1, keepdim=True)
            else:
                chosen = torch.multinomial((logits / temperature).softmax(dim=-1), 1, generator=G)
            ids = torch.cat([ids, chosen], dim=1)
    return ids
