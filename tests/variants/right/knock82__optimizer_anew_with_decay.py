# about: SGD made anew each epoch, momentum and weight decay
def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    history = {k: [] for k in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")}
    for epoch in range(epochs):
        sgd = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=1e-4)
        model.train()
        for ids, labels in DataLoader(train_set, batch_size, shuffle=True):
            sgd.zero_grad(); F.cross_entropy(model(ids), labels).backward(); sgd.step()
        for part, data in zip(("train", "valid"), (train_set, valid_set)):
            for key, number in zip(("loss", "accuracy"), evaluate(model, data, batch_size)):
                history[f"{part}_{key}"].append(number)
    return history
