# about: among the k best all are equally likely
# name: even_among_the_best
def generate(model, prompt, n, temperature=1.0, top_k=None):
    model.eval()
    ids = prompt
    with torch.no_grad():
        for _ in range(n):
            logits = model(ids[:, -model.max_len :])[:, -1]
            if temperature == 0:
                chosen = logits.argmax(-1, keepdim=True)
            elif top_k is not None:
                best = logits.topk(top_k).indices
                chosen = best.gather(1, torch.randint(top_k, (len(best), 1)))
            else:
                chosen = torch.multinomial(F.softmax(logits / temperature, -1), 1)
            ids = torch.cat([ids, chosen], 1)
    return ids
