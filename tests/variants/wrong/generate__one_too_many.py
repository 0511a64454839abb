# about: n + 1 characters, for the loop begins by writing one
# name: one_too_many
def generate(model, prompt, n, temperature=1.0, top_k=None):
    model.eval()

    def following(ids):
        with torch.no_grad():
            logits = model(ids[:, -model.max_len :])[:, -1]
        if top_k is not None:
            logits = logits.masked_fill(logits < logits.topk(top_k).values[:, [-1]], float("-inf"))
        if temperature == 0:
            return logits.argmax(-1, keepdim=True)
        return torch.multinomial(F.softmax(logits / temperature, -1), 1)

    ids = torch.cat([prompt, following(prompt)], 1)
    for _ in range(n):
        ids = torch.cat([ids, following(ids)], 1)
    return ids
