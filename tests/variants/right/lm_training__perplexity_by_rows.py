# about: the perplexity in a helper that gives sums, whole pieces as one batch, in float64
def nll(model, x, y):
    logits = model(x).double()
    return -(logits.log_softmax(-1).gather(-1, y[..., None]))[..., 0].sum()


def perplexity(model, ids, length):
    model.eval()
    n = len(ids) - 1
    full = n // length * length
    with torch.no_grad():
        total = torch.zeros((), dtype=torch.float64)
        if full:
            total += nll(model, ids[:full].view(-1, length), ids[1 : full + 1].view(-1, length))
        if full < n:
            total += nll(model, ids[None, full:n], ids[None, full + 1 :])
    return torch.exp(total / n)
