# about: one title at a time, indices shuffled, hits and losses added up
def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    opt = torch.optim.SGD(model.parameters(), lr)
    log = {"train_loss": [], "train_accuracy": [], "valid_loss": [], "valid_accuracy": []}
    criterion = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        model.train()
        order = list(range(len(train_set)))
        random.shuffle(order)
        for i in order:
            x, y = train_set[i]
            model.zero_grad()
            criterion(model(x.unsqueeze(0)), torch.tensor([y])).backward()
            opt.step()
        for key, data in [("train", train_set), ("valid", valid_set)]:
            l, a = evaluate(model, data)
            log[key + "_loss"].append(l)
            log[key + "_accuracy"].append(a)
    return log
