# about: random.randint for the places, tensors stacked, SGD with momentum and a cosine schedule
import random


def get_batch(ids, batch_size, length):
    places = [random.randint(0, len(ids) - length - 1) for _ in range(batch_size)]
    x = torch.stack([ids[i : i + length] for i in places])
    y = torch.stack([ids[i + 1 : i + length + 1] for i in places])
    return x, y


def train_lm(model, ids, steps, batch_size, length, lr):
    opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    plan = torch.optim.lr_scheduler.CosineAnnealingLR(opt, steps)
    history = []
    model.train()
    for _ in range(steps):
        x, y = get_batch(ids, batch_size, length)
        opt.zero_grad(set_to_none=True)
        loss = lm_loss(model(x), y)
        loss.backward()
        opt.step()
        plan.step()
        history.append(float(loss.detach()))
    return history
