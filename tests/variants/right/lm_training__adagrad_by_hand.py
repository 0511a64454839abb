# about: gradients by torch.autograd.grad and Adagrad written out
def train_lm(model, ids, steps, batch_size, length, lr):
    ps = [p for p in model.parameters() if p.requires_grad]
    sums = [torch.zeros_like(p) for p in ps]
    model.train()
    out = []
    for _ in range(steps):
        x, y = get_batch(ids, batch_size, length)
        loss = lm_loss(model(x), y)
        gs = torch.autograd.grad(loss, ps)
        with torch.no_grad():
            for p, s, g in zip(ps, sums, gs):
                s += g * g
                p -= lr * g / (s.sqrt() + 1e-10)
        out.append(loss.item())
    return out
