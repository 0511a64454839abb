# about: numpy shuffles, no DataLoader, gradients set to None by hand, accuracy in percent

import numpy as np


def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    log = {"train_loss": [], "train_acc": [], "val_loss": [], "val_acc": []}
    for _ in range(epochs):
        model.train()
        order = np.random.permutation(len(train_set))
        for k in range(0, len(order), batch_size):
            rows = [train_set[i] for i in order[k : k + batch_size]]
            x, y = torch.stack([r[0] for r in rows]), torch.tensor([r[1] for r in rows])
            for p in model.parameters():
                p.grad = None
            nn.NLLLoss()(F.log_softmax(model(x), -1), y).backward()
            with torch.no_grad():
                for p in model.parameters():
                    p.sub_(lr * p.grad)
        model.eval()
        for side, data in (("train", train_set), ("val", valid_set)):
            with torch.no_grad():
                outs = [(model(x.unsqueeze(0)), y) for x, y in data]
            log[side + "_loss"].append(float(np.mean([F.cross_entropy(o, torch.tensor([y])).item() for o, y in outs])))
            log[side + "_acc"].append(100 * sum(int(o.argmax()) == y for o, y in outs) / len(outs))
    return log
