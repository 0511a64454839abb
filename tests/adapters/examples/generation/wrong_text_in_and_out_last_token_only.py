# exercise: generate
# mistake: only_the_last_token
import torch
from torch.nn import functional as F

text = "to be or not to be"
chars = sorted(set(text))
stoi = {c: i for i, c in enumerate(chars)}
itos = {i: c for i, c in enumerate(chars)}
block_size = 16


@torch.no_grad()
def sample(model, start_text, length, temperature=0.9):
    model.eval()
    ids = torch.tensor([stoi[c] for c in start_text]).unsqueeze(0)
    for _ in range(length):
        logits = model(ids[:, -1:])[:, -1, :] / temperature
        best = torch.multinomial(F.softmax(logits, dim=-1), num_samples=1)
        ids = torch.cat([ids, best], dim=1)
    return "".join(itos[i.item()] for i in ids[0])
