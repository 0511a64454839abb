# about: numpy draws the places; full pieces are measured in one batch
import numpy as np


def get_batch(ids, batch_size, length):
    start = torch.from_numpy(np.random.randint(0, len(ids) - length, size=batch_size))
    at = start[:, None] + torch.arange(length)[None]
    return ids[at], ids[at + 1]


def lm_loss(logits, targets):
    one_hot = F.one_hot(targets, logits.size(-1)).to(logits.dtype)
    return -(one_hot * logits.log_softmax(-1)).sum(-1).mean()


def perplexity(model, ids, length):
    model.eval()
    losses = []
    with torch.no_grad():
        whole = (len(ids) - 1) // length
        if whole:
            x = ids[: whole * length].view(whole, length)
            y = ids[1 : whole * length + 1].view(whole, length)
            losses.append(F.cross_entropy(model(x).transpose(1, 2), y, reduction="none").flatten())
        rest = ids[whole * length :]
        if len(rest) > 1:
            losses.append(F.cross_entropy(model(rest[None, :-1])[0], rest[1:], reduction="none"))
    return torch.cat(losses).mean().exp().item()
