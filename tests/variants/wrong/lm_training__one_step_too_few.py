# about: range(1, steps)
def get_batch(ids, batch_size, length):
    """ids (S,) -> inputs (B, T), targets (B, T)"""
    starts = torch.randint(len(ids) - length, (batch_size, 1))  # (B, 1)
    index = starts + torch.arange(length)  # (B, T)
    return ids[index], ids[index + 1]


def lm_loss(logits, targets):
    """logits (B, T, V), targets (B, T) -> ()"""
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def train_lm(model, ids, steps, batch_size, length, lr):
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    device = next(model.parameters()).device
    model.train()
    losses = []
    for step in range(1, steps):
        inputs, targets = get_batch(ids, batch_size, length)
        loss = lm_loss(model(inputs.to(device)), targets.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def perplexity(model, ids, length):
    """ids (S,) -> float"""
    device = next(model.parameters()).device
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(ids) - 1, length):
            piece = ids[start : start + length + 1].to(device)
            inputs, targets = piece[:-1], piece[1:]
            logits = model(inputs.unsqueeze(0))  # (1, T, V)
            loss = lm_loss(logits, targets.unsqueeze(0))
            total += loss.item() * len(targets)
            count += len(targets)
    return math.exp(total / count)
