# about: RAdam
def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.RAdam(model.parameters(), lr=lr)
    model.train()
    out = []
    while len(out) < steps:
        x, y = get_batch(ids, batch_size, length)
        loss = lm_loss(model(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
        out.append(loss.item())
    return torch.tensor(out)
