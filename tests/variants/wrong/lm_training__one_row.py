# about: only the first row is used
# name: batch_size_ignored
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    history = []
    model.train()
    for step in range(steps):
        x, y = get_batch(ids, batch_size, length)
        loss = lm_loss(model(x[:1]), y[:1])
        opt.zero_grad()
        loss.backward()
        opt.step()
        history.append(loss.item())
    return history
