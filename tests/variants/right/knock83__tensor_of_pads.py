# about: rows concatenated with new_full, two functions for learning and measuring
def collate(batch, padding_idx=0):
    longest = max(ids.numel() for ids, _ in batch)
    rows = [torch.cat([ids.new_full((longest - ids.numel(),), padding_idx), ids]) for ids, _ in batch]
    return torch.stack(rows), torch.LongTensor([label for _, label in batch])

def one_pass(model, loader, device, optimizer=None):
    if optimizer is None:
        model.eval()
        with torch.no_grad():
            return run(model, loader, device, None)
    model.train()
    return run(model, loader, device, optimizer)

def run(model, loader, device, optimizer):
    n = total = hits = 0
    for *x, y in loader:
        x, y = [t.to(device) for t in x], y.to(device)
        scores = model(*x)
        losses = F.cross_entropy(scores, y, reduction="none")
        if optimizer is not None:
            optimizer.zero_grad(set_to_none=True)
            losses.mean().backward()
            optimizer.step()
        n += y.numel()
        total += losses.sum().item()
        hits += scores.argmax(1).eq(y).sum().item()
    return total / n, hits / n
