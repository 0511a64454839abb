# about: the means of shuffled batches are averaged
# name: mean_of_batch_means

def collate(batch, padding_idx=0):
    ids, labels = zip(*batch)
    return pad_sequence(ids, batch_first=True, padding_value=padding_idx), torch.tensor(labels)

def one_pass(model, loader, device, optimizer=None):
    model.train(optimizer is not None)
    losses, accs = [], []
    with torch.set_grad_enabled(optimizer is not None):
        for *inputs, labels in loader:
            out = model(*[x.to(device) for x in inputs])
            labels = labels.to(device)
            loss = F.cross_entropy(out, labels)
            if optimizer:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            losses.append(loss.item())
            accs.append((out.argmax(1) == labels).float().mean().item())
    return sum(losses) / len(losses), sum(accs) / len(accs)

def learn(model, train_loader, valid_loader, optimizer, epochs, device):
    history = {"train_loss": [], "train_accuracy": [], "valid_loss": [], "valid_accuracy": []}
    for _ in range(epochs):
        one_pass(model, train_loader, device, optimizer)
        for part, loader in (("train", train_loader), ("valid", valid_loader)):
            l, a = one_pass(model, loader, device)
            history[part + "_loss"].append(l)
            history[part + "_accuracy"].append(a)
    return history

def train_batches(model, train_set, valid_set, epochs, lr, batch_size, device=None, padding_idx=0, optimizer_class=torch.optim.SGD):
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)
    c = partial(collate, padding_idx=padding_idx)
    return learn(model, DataLoader(train_set, batch_size, shuffle=True, collate_fn=c), DataLoader(valid_set, batch_size, collate_fn=c), optimizer_class(model.parameters(), lr=lr), epochs, device)
