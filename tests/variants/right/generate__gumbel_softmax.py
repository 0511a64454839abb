# about: gumbel softmax
def generate(model, prompt, n, temperature=1.0, top_k=None):
    model.train(False)

    def grown(ids):
        with torch.no_grad():
            scores = model(ids[:, max(0, ids.shape[1] - model.max_len) :])[:, -1, :]
        if top_k:
            rank = scores.argsort(dim=-1, descending=True).argsort(dim=-1)
            scores = torch.where(rank < top_k, scores, torch.full_like(scores, -1e30))
        hard = F.gumbel_softmax(scores / temperature, hard=True) if temperature > 0 else scores
        return torch.hstack((ids, hard.argmax(dim=1)[:, None]))

    ids = prompt.clone()
    for _ in range(n):
        ids = grown(ids)
    return ids
