# about: SGD with nesterov momentum and weight decay in groups, clipped by value
def train_lm(model, ids, steps, batch_size, length, lr):
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    opt = torch.optim.SGD([g for g in groups if g["params"]], lr=lr, momentum=0.9, nesterov=True)
    model.train()
    losses = []
    for _ in range(steps):
        x, y = get_batch(ids, batch_size, length)
        model.zero_grad()
        loss = lm_loss(model(x), y)
        loss.backward()
        torch.nn.utils.clip_grad_value_(model.parameters(), 0.5)
        opt.step()
        losses.append(loss)
    return [float(l) for l in losses]
