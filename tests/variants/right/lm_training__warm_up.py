# about: a linear warm-up of 20 steps, from a hundredth
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    plan = torch.optim.lr_scheduler.LinearLR(opt, start_factor=0.01, total_iters=20)
    model.train()
    losses = []
    for _ in range(steps):
        x, y = get_batch(ids, batch_size, length)
        loss = lm_loss(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        plan.step()
        losses.append(loss.detach().item())
    return losses
