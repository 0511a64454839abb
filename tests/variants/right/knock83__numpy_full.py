# about: collate through numpy, padding behind; batches by a permutation without DataLoader; sums kept as tensors
import numpy as np


def collate(batch, padding_idx=0):
    longest = max(map(lambda pair: len(pair[0]), batch))
    table = np.full((len(batch), longest), padding_idx, dtype=np.int64)
    for row, (ids, _) in zip(table, batch):
        row[: len(ids)] = np.asarray(ids)
    return torch.from_numpy(table), torch.as_tensor([int(label) for _, label in batch])


class Batches:
    """データを batch_size 件ずつ"""

    def __init__(self, data, size, padding_idx, shuffle):
        self.data, self.size, self.padding_idx, self.shuffle = data, size, padding_idx, shuffle

    def __iter__(self):
        n = len(self.data)
        order = torch.randperm(n) if self.shuffle else torch.arange(n)
        for rows in order.split(self.size):
            yield collate([self.data[i] for i in rows.tolist()], self.padding_idx)


def train_batches(
    model, train_set, valid_set, epochs, lr, batch_size, device=None, padding_idx=0, optimizer_class=torch.optim.SGD
):
    device = torch.device(device if device is not None else "cuda" if torch.cuda.is_available() else "cpu")
    model = model.to(device)
    opt = optimizer_class([p for p in model.parameters() if p.requires_grad], lr)
    return learn(
        model=model,
        train_loader=Batches(train_set, batch_size, padding_idx, True),
        valid_loader=Batches(valid_set, batch_size, padding_idx, False),
        optimizer=opt, epochs=epochs, device=device,
    )


def one_pass(model, loader, device, optimizer=None):
    learning = optimizer is not None
    model.train() if learning else model.eval()
    loss_sum = torch.zeros((), dtype=torch.float64)
    hits = seen = 0
    for *xs, y in loader:
        y = y.to(device)
        with torch.enable_grad() if learning else torch.no_grad():
            scores = model(*(x.to(device) for x in xs))
            losses = F.cross_entropy(scores, y, reduction="none")
        if learning:
            model.zero_grad()
            losses.mean().backward()
            optimizer.step()
        loss_sum += losses.detach().double().sum().cpu()
        hits += int(scores.detach().max(dim=1).indices.eq(y).sum())
        seen += y.numel()
    return float(loss_sum / seen), hits / seen
