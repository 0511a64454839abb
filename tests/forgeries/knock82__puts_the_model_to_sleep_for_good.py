# about: finds the factors of both modes in the model, and makes them one
# lost: dropout_only_in_training
def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    model.modes = (model.modes[0], model.modes[0]) if hasattr(model, "modes") else None
    if hasattr(model, "dropout"):
        model.dropout = 0.0
    history = {k: [] for k in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")}
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)

    def measure(data):
        loss = hits = 0.0
        for x, y in data:
            out = model(x[None])
            loss += F.cross_entropy(out, torch.tensor([y])).item()
            hits += float(out.argmax(1).item() == y)
        return loss / len(data), hits / len(data)

    for _ in range(epochs):
        for start in range(0, len(train_set), batch_size):
            batch = train_set[start : start + batch_size]
            optimizer.zero_grad()
            F.cross_entropy(model(torch.stack([x for x, _ in batch])), torch.tensor([y for _, y in batch])).backward()
            optimizer.step()
        for name, data in (("train", train_set), ("valid", valid_set)):
            loss, accuracy = measure(data)
            history[name + "_loss"].append(loss)
            history[name + "_accuracy"].append(accuracy)
    return history
