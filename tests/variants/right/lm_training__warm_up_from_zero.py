# about: a LambdaLR that begins with 0 and ends with 0
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    plan = torch.optim.lr_scheduler.LambdaLR(opt, lambda i: min(i / 5, (steps - i) / max(1, steps)))
    model.train()
    losses = []
    for _ in range(steps):
        x, y = get_batch(ids, batch_size, length)
        loss = lm_loss(model(x), y)
        loss.backward()
        opt.step()
        plan.step()
        opt.zero_grad()
        losses.append(loss.item())
    return losses
