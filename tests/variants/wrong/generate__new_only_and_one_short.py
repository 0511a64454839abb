# about: n - 1 characters, without the prompt
# name: one_too_few, only_what_is_new
@torch.no_grad()
def generate(model, prompt, n, temperature=1.0, top_k=None):
    model.eval()
    text, new = prompt.clone(), []
    while len(new) < n - 1:
        scores = model(text[:, -model.max_len :])[:, -1]
        if top_k is not None:
            kth = torch.topk(scores, top_k, dim=-1)[0][:, -1:]
            scores = torch.where(scores < kth, torch.full_like(scores, -float("inf")), scores)
        if temperature == 0:
            character = scores.argmax(-1)
        else:
            character = torch.multinomial(torch.softmax(scores / temperature, -1), 1).squeeze(1)
        new.append(character)
        text = torch.cat([text, character.unsqueeze(1)], dim=1)
    return torch.stack(new, dim=1) if new else prompt[:, :0]
