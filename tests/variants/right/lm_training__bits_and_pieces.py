# about: bits and pieces
class Trainer:
    def __init__(self, model, lr):
        self.model, self.losses = model.train(), []
        decay = [p for p in model.parameters() if p.dim() > 1]
        rest = [p for p in model.parameters() if p.dim() <= 1]
        groups = [group for group in (dict(params=decay, weight_decay=0.1), dict(params=rest, weight_decay=0.0)) if group["params"]]
        self.optimizer = torch.optim.AdamW(groups, lr=lr)

    @property
    def device(self):
        return next(self.model.parameters()).device

    def __call__(self, inputs, targets):
        loss = lm_loss(self.model(inputs.to(self.device)), targets.to(self.device))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.losses += [loss.item()]


def get_batch(ids, batch_size, length):
    ids = torch.as_tensor(ids)
    starts = [int(torch.randint(0, len(ids) - length, ())) for _ in range(batch_size)]
    windows = torch.stack([ids.narrow(0, start, length + 1) for start in starts])
    return windows[:, :-1].contiguous(), windows[:, 1:].contiguous()


def lm_loss(logits, targets):
    right = F.one_hot(targets, logits.size(-1)).to(logits.dtype)
    return (torch.logsumexp(logits, dim=-1) - (logits * right).sum(dim=-1)).mean()


def train_lm(model, ids, steps, batch_size, length, lr):
    trainer = Trainer(model, lr)
    for _ in range(steps):
        trainer(*get_batch(ids, batch_size, length))
    return trainer.losses


def perplexity(model, ids, length):
    model.eval()
    ids = torch.as_tensor(ids).to(next(model.parameters()).device)
    with torch.inference_mode():
        nll = [
            F.nll_loss(model(x[None])[0].log_softmax(-1), y, reduction="none")
            for x, y in zip(ids[:-1].split(length), ids[1:].split(length))
        ]
    return torch.cat(nll).mean().exp().item()
