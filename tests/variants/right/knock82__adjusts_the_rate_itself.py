# about: the rate falls with the epochs, momentum, evaluation as a decorated function

@torch.no_grad()
def look(model, data):
    model.eval()
    x, y = torch.stack([d[0] for d in data]), torch.tensor([d[1] for d in data])
    out = model(x)
    return F.cross_entropy(out, y).item(), out.argmax(1).eq(y).double().mean().item()


def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, nesterov=True, weight_decay=1e-4)
    history = {k: [] for k in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")}
    for epoch in range(epochs):
        for group in optimizer.param_groups:
            group["lr"] = lr / (1 + epoch)
        for x, y in DataLoader(train_set, batch_size, shuffle=True):
            model.train()
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        for side, data in (("train", train_set), ("valid", valid_set)):
            a, b = look(model, data)
            history[side + "_loss"].append(a)
            history[side + "_accuracy"].append(b)
    return history
