# about: every character is foretold from as many before it as a window holds
def perplexity(model, ids, length):
    model.eval()
    total = 0.0
    with torch.no_grad():
        for end in range(1, len(ids)):
            seen = ids[max(0, end - length) : end]
            total -= model(seen[None])[0, -1].log_softmax(-1)[ids[end]].item()
    return math.exp(total / (len(ids) - 1))
