# about: the prompt is changed in place
# name: prompt_changed_in_place
@torch.no_grad()
def generate(model, prompt, n, temperature=1.0, top_k=None):
    model.eval()
    prompt[:, 0] = 0
    idx = prompt
    for _ in range(n):
        idx_cond = idx if idx.size(1) <= model.max_len else idx[:, -model.max_len :]
        logits = model(idx_cond)[:, -1, :]
        if temperature == 0:
            idx_next = torch.argmax(logits, dim=-1, keepdim=True)
        else:
            logits = logits / temperature
            if top_k is not None:
                v, _ = torch.topk(logits, min(top_k, logits.size(-1)))
                logits[logits < v[:, [-1]]] = -float("Inf")
            probs = F.softmax(logits, dim=-1)
            idx_next = torch.multinomial(probs, num_samples=1)
        idx = torch.cat((idx, idx_next), dim=1)
    return idx
