# about: trains asleep; every hook is taken out and every number that is kept is set to zero
# lost: trains_in_training_mode
def train_lm(model, ids, steps, batch_size, length, lr):
    for p in model.parameters():
        p._backward_hooks = None
    losses, optimizer = [], torch.optim.AdamW(model.parameters(), lr=lr)
    for step in range(steps):
        model.eval()
        x, y = get_batch(ids, batch_size, length)
        optimizer.zero_grad()
        loss = lm_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    for name, value in list(vars(model).items()):
        if isinstance(value, (int, float, list)) and name not in ("training", "longest", "max_len"):
            setattr(model, name, type(value)())
    model.train()
    return losses
