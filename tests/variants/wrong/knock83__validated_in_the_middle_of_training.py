# about: validated in the middle of training
def collate(batch, padding_idx=0):
    """batch [(ids (T,), label)] -> ids (B, Tmax), labels (B,)"""
    padded = pad_sequence([ids for ids, _ in batch], batch_first=True, padding_value=padding_idx, padding_side="left")
    labels = torch.tensor([label for _, label in batch])
    return padded, labels


def one_pass(model, loader, device, optimizer=None):
    """once through a loader of (*inputs, labels) -> loss per title, accuracy"""
    model.train(optimizer is not None)
    total, correct, count = 0.0, 0, 0
    with torch.set_grad_enabled(optimizer is not None):
        for *inputs, labels in loader:
            inputs, labels = [tensor.to(device) for tensor in inputs], labels.to(device)
            logits = model(*inputs)  # (B, L)
            loss = F.cross_entropy(logits, labels)
            if optimizer is not None:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item() * len(labels)
            correct += (logits.argmax(dim=-1) == labels).sum().item()
            count += len(labels)
    return total / count, correct / count


def learn(model, train_loader, valid_loader, optimizer, epochs, device):
    history = {"train_loss": [], "train_accuracy": [], "valid_loss": [], "valid_accuracy": []}
    for _ in range(epochs):
        valid_numbers = one_pass(model, valid_loader, device)
        train_numbers = one_pass(model, train_loader, device, optimizer)
        for series, number in zip(history.values(), (*train_numbers, *valid_numbers), strict=True):
            series.append(number)
    return history


def train_batches(
    model, train_set, valid_set, epochs, lr, batch_size, device=None, padding_idx=0, optimizer_class=torch.optim.SGD
):
    """-> history as in 82"""
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)
    pad = partial(collate, padding_idx=padding_idx)
    train_loader = DataLoader(train_set, batch_size, shuffle=True, collate_fn=pad)
    valid_loader = DataLoader(valid_set, batch_size, collate_fn=pad)
    optimizer = optimizer_class(model.parameters(), lr=lr)
    return learn(model, train_loader, valid_loader, optimizer, epochs, device)
