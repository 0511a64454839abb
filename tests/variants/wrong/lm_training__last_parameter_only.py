# about: only the last parameter is in the optimizer
# name: only_some_parameters
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.Adam([p for p in model.parameters() if p.requires_grad][-1:], lr=lr)
    history = []
    model.train()
    for step in range(steps):
        x, y = get_batch(ids, batch_size, length)
        loss = lm_loss(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        history.append(loss.item())
    return history
