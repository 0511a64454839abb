# about: func grad match
from torch.func import grad


def descend(f, x, lr, steps):
    match steps:
        case 0:
            return x.detach().clone()
        case n:
            return descend(f, x.detach() - lr * grad(f)(x.detach()), lr, n - 1)
