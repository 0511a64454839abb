# about: one batch is drawn before the loop and used for all steps
# name: same_batch_every_step
# known: no
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    history = []
    x, y = get_batch(ids, batch_size, length)
    for _ in range(steps):
        loss = lm_loss(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        history.append(float(loss))
    return history
