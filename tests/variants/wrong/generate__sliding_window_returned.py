# about: the text itself is cut to what the model reads, so its beginning is lost
# name: beginning_lost
def generate(model, prompt, n, temperature=1.0, top_k=None):
    model.eval()
    ids = prompt
    with torch.no_grad():
        for _ in range(n):
            ids = ids[:, -model.max_len :]
            logits = model(ids)[:, -1]
            if top_k is not None:
                logits = logits.masked_fill(logits < logits.topk(top_k).values[:, [-1]], float("-inf"))
            if temperature == 0:
                chosen = logits.argmax(-1, keepdim=True)
            else:
                chosen = torch.multinomial(F.softmax(logits / temperature, -1), 1)
            ids = torch.cat([ids, chosen], 1)
    return ids
