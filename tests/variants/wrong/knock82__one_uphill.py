# about: one title at a time: the sign of the loss
# name: climbs
# known: yes
def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    log = {"train_loss": [], "train_accuracy": [], "valid_loss": [], "valid_accuracy": []}
    for epoch in range(epochs):
        model.train()
        for x, y in train_set:
            opt.zero_grad()
            loss = -F.cross_entropy(model(x[None]), torch.tensor([y]))
            loss.backward()
            opt.step()
        for key, data in [("train", train_set), ("valid", valid_set)]:
            l, a = evaluate(model, data)
            log[key + "_loss"].append(l)
            log[key + "_accuracy"].append(a)
    return log

def evaluate(model, data_set, batch_size=1):
    model.eval()
    loss = hits = 0
    with torch.no_grad():
        for x, y in data_set:
            out = model(x[None])
            loss += F.cross_entropy(out, torch.tensor([y])).item()
            hits += int(out.argmax() == y)
    return loss / len(data_set), hits / len(data_set)
