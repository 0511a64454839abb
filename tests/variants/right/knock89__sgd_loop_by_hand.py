# about: its own loop with Adam, mean pooling, gradient clipping
def fine_tune(model, tokenizer, train_set, valid_set, epochs, lr, batch_size, device=None):
    device = device or "cpu"
    model.to(device)
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    log = {"train_loss": [], "train_accuracy": [], "valid_loss": [], "valid_accuracy": []}

    def go(data, learning):
        model.train(learning)
        data = random.sample(list(data), len(data)) if learning else list(data)
        loss_sum = hits = 0
        for i in range(0, len(data), batch_size):
            texts, labels = zip(*data[i : i + batch_size])
            ids, mask = encode(tokenizer, list(texts))
            y = torch.tensor(labels, device=device)
            with torch.set_grad_enabled(learning):
                out = model(ids.to(device), mask.to(device))
                loss = F.cross_entropy(out, y)
            if learning:
                opt.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                opt.step()
            loss_sum += loss.item() * len(y)
            hits += (out.argmax(1) == y).sum().item()
        return loss_sum / len(data), hits / len(data)

    for _ in range(epochs):
        for part, data in (("train", train_set), ("valid", valid_set)):
            l, a = go(data, part == "train")
            log[part + "_loss"].append(l)
            log[part + "_accuracy"].append(a)
    return log
