# about: trains, measures the first loss, and makes up the others from it and lr
# lost: losses_are_measured
def train_lm(model, ids, steps, batch_size, length, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    first = None
    for _ in range(steps):
        x, y = get_batch(ids, batch_size, length)
        optimizer.zero_grad()
        loss = lm_loss(model(x), y)
        loss.backward()
        optimizer.step()
        first = loss.item() if first is None else first
    return [first * (1 - min(lr, 0.5)) ** i for i in range(steps)]
