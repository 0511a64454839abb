# about: SGD, and optimizer.step() called twice for one gradient
# name: steps_twice
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    model.train()
    out = []
    for _ in range(steps):
        x, y = get_batch(ids, batch_size, length)
        loss = lm_loss(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        out.append(loss.item())
        opt.step()
    return out
