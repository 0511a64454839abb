# about: optimizer.step(closure), groups without decay, random.choices for the places, perplexity in one batch of equal windows plus the rest
import random


def get_batch(ids, batch_size, length):
    places = random.choices(range(len(ids) - length), k=batch_size)
    windows = torch.stack([ids[i : i + length + 1] for i in places])
    return windows[:, :-1], windows[:, 1:]


def lm_loss(logits, targets):
    return -logits.log_softmax(-1).gather(-1, targets[..., None]).mean()


def train_lm(model, ids, steps, batch_size, length, lr):
    model.train()
    thick = [p for p in model.parameters() if p.dim() > 1]
    thin = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": thick, "weight_decay": 0.01}, {"params": thin, "weight_decay": 0.0}]
    opt = torch.optim.AdamW([g for g in groups if g["params"]], lr=lr)

    def one_step():
        x, y = get_batch(ids, batch_size, length)

        def closure():
            opt.zero_grad()
            loss = lm_loss(model(x), y)
            loss.backward()
            return loss

        return opt.step(closure).item()

    return [one_step() for _ in range(steps)]


@torch.no_grad()
def perplexity(model, ids, length):
    model.eval()
    asked = len(ids) - 1
    whole = asked // length
    pieces = []
    if whole:
        pieces.append((ids[: whole * length].view(whole, length), ids[1 : whole * length + 1].view(whole, length)))
    if asked % length:
        pieces.append((ids[whole * length : -1][None], ids[whole * length + 1 :][None]))
    nll = sum(F.cross_entropy(model(x).transpose(1, 2), y, reduction="sum").double() for x, y in pieces)
    return (nll / asked).exp().item()
