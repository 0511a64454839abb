# about: the accuracy after the loop, of the last batch
# name: hits_of_the_last_batch
# known: no
def one_pass(model, loader, device, optimizer=None):
    model.train(optimizer is not None)
    losses, sizes = [], []
    with torch.set_grad_enabled(optimizer is not None):
        for *x, y in loader:
            x, y = [t.to(device) for t in x], y.to(device)
            out = model(*x)
            loss = F.cross_entropy(out, y)
            if optimizer is not None:
                optimizer.zero_grad(); loss.backward(); optimizer.step()
            losses.append(loss.item() * len(y)); sizes.append(len(y))
    return sum(losses) / sum(sizes), (out.argmax(1) == y).float().mean().item()
