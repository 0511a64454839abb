# about: a new batch every hundredth step
# name: same_batch_every_step
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    history = []
    model.train()
    for step in range(steps):
        if step % 100 == 0:
            x, y = get_batch(ids, batch_size, length)
        loss = lm_loss(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        history.append(loss.item())
    return history
