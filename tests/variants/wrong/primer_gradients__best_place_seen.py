# about: best place seen
def descend(f, x, lr, steps):
    x = x.clone().requires_grad_()
    best, lowest = x.detach().clone(), f(x).item()
    for _ in range(steps):
        f(x).backward()
        with torch.no_grad():
            x -= lr * x.grad
        x.grad = None
        if f(x).item() < lowest:
            best, lowest = x.detach().clone(), f(x).item()
    return best
