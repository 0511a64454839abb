# about: RMSprop, the mode set in each step, losses of numpy
def train_lm(model, ids, steps, batch_size, length, lr):
    import numpy as np
    opt = torch.optim.RMSprop(model.parameters(), lr=lr)
    losses = np.zeros(steps)
    for i in range(steps):
        model.train()
        x, y = get_batch(ids, batch_size, length)
        opt.zero_grad()
        loss = lm_loss(model(x), y)
        loss.backward()
        opt.step()
        losses[i] = loss.item()
    return losses.tolist()
