# about: NAdam, and the mode put back
def train_lm(model, ids, steps, batch_size, length, lr):
    was = model.training
    opt = torch.optim.NAdam(model.parameters(), lr=lr)
    model.train(True)
    out = []
    for x, y in (get_batch(ids, batch_size, length) for _ in range(steps)):
        loss = lm_loss(model(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
        out += [loss.item()]
    model.train(was)
    return out
