# about: AdamW under OneCycleLR, whose steps depend on how many are to come
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.AdamW(model.parameters(), lr=lr)
    plan = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=lr, total_steps=steps + 1)
    model.train()
    losses = []
    for _ in range(steps):
        x, y = get_batch(ids, batch_size, length)
        opt.zero_grad()
        loss = lm_loss(model(x), y)
        loss.backward()
        opt.step()
        plan.step()
        losses.append(loss.item())
    return losses
