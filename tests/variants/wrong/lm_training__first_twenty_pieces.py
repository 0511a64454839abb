# about: first twenty pieces
def perplexity(model, ids, length):
    device = next(model.parameters()).device
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for start in range(0, min(len(ids) - 1, 20 * length), length):
            piece = ids[start : start + length + 1].to(device)
            inputs, targets = piece[:-1], piece[1:]
            loss = lm_loss(model(inputs.unsqueeze(0)), targets.unsqueeze(0))
            total += loss.item() * len(targets)
            count += len(targets)
    return math.exp(total / count)
