# about: a last piece without a prediction when the text comes out even
# name: empty_last_piece
def perplexity(model, ids, length):
    model.eval()
    nll, n = 0.0, 0
    with torch.no_grad():
        for i in range(0, len(ids), length):
            x, y = ids[i : i + length], ids[i + 1 : i + length + 1]
            x = x[: len(y)]
            nll += F.cross_entropy(model(x[None])[0], y).item() * len(y)
            n += len(y)
    return math.exp(nll / n)
