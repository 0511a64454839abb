# about: a pass over single titles under inference_mode, the mode put back; a history of nested dicts

import copy


def scores_of(model, data):
    was = model.training
    model.eval()
    with torch.inference_mode():
        out = torch.cat([model(x[None]) for x, _ in data])
        y = torch.tensor([y for _, y in data])
        found = F.cross_entropy(out, y).item(), (out.argmax(1) == y).float().mean().item()
    model.train(was)
    return found


def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train": {"loss": [], "acc": []}, "valid": {"loss": [], "acc": []}}
    for epoch in range(epochs):
        model.train()
        for x, y in DataLoader(train_set, batch_size=batch_size, shuffle=True):
            opt.zero_grad()
            F.cross_entropy(model(x), y).backward()
            opt.step()
        for name, data in (("train", train_set), ("valid", valid_set)):
            loss, acc = scores_of(model, data)
            history[name]["loss"].append(loss)
            history[name]["acc"].append(acc)
    return history
