# about: a running mean of the losses is returned in their place
# name: losses_not_measured
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    out, mean = [], None
    for _ in range(steps):
        x, y = get_batch(ids, batch_size, length)
        loss = lm_loss(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        mean = loss.item() if mean is None else 0.9 * mean + 0.1 * loss.item()
        out.append(mean)
    return out
