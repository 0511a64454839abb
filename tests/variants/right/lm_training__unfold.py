# about: windows by unfold, nll_loss of log_softmax, sums in the perplexity, the mode put back
def get_batch(ids, batch_size, length):
    windows = ids.unfold(0, length + 1, 1)
    chosen = windows[torch.randint(0, windows.size(0), (batch_size,))]
    return chosen[:, :-1].clone(), chosen[:, 1:].clone()


def lm_loss(logits, targets):
    B, T, V = logits.shape
    return F.nll_loss(F.log_softmax(logits, dim=-1).view(B * T, V), targets.reshape(-1))


@torch.inference_mode()
def perplexity(model, ids, length):
    was = model.training
    model.eval()
    nll, n = 0.0, 0
    for i in range(0, ids.numel() - 1, length):
        x = ids[i : i + length][: ids.numel() - 1 - i]
        y = ids[i + 1 : i + 1 + length]
        nll += F.cross_entropy(model(x[None])[0], y, reduction="sum").item()
        n += y.numel()
    model.train(was)
    return float(torch.tensor(nll / n).exp())
