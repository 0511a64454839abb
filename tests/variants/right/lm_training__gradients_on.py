# about: gradients on
def perplexity(model, ids, length):
    model.eval()
    total, count = 0.0, 0
    for start in range(0, len(ids) - 1, length):
        piece = ids[start : start + length + 1]
        loss = F.cross_entropy(model(piece[None, :-1])[0], piece[1:], reduction="sum")
        total += loss.item(); count += len(piece) - 1
    return math.exp(total / count)
