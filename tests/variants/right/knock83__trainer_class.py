# about: trainer class
class Batches:
    """Batches in a new order each time (if shuffled), padded in front by index arithmetic."""

    def __init__(self, pairs, size, padding_idx, shuffle):
        self.pairs, self.size, self.padding_idx, self.shuffle = pairs, size, padding_idx, shuffle

    def __iter__(self):
        order = torch.randperm(len(self.pairs)) if self.shuffle else torch.arange(len(self.pairs))
        for rows in order.split(self.size):
            yield collate([self.pairs[i] for i in rows.tolist()], self.padding_idx)


class Trainer:
    def __init__(self, model, device, optimizer=None):
        self.model, self.device, self.optimizer = model, device, optimizer

    def step(self, *inputs, labels):
        logits = self.model(*(x.to(self.device) for x in inputs))
        labels = labels.to(self.device)
        loss = F.cross_entropy(logits, labels)
        if self.optimizer:
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
        return torch.tensor([loss.item() * len(labels), (logits.argmax(-1) == labels).sum().item(), len(labels)], dtype=torch.double)

    def __call__(self, loader):
        self.model.train(bool(self.optimizer))
        with torch.set_grad_enabled(bool(self.optimizer)):
            loss, hits, n = sum(self.step(*xs, labels=y) for *xs, y in loader).tolist()
        return loss / n, hits / n


def collate(batch, padding_idx=0):
    titles, labels = zip(*batch)
    lengths = torch.tensor([len(t) for t in titles])
    width = int(lengths.max())
    table = torch.full((len(titles), width), padding_idx, dtype=torch.long)
    table[torch.arange(width) >= (width - lengths)[:, None]] = torch.cat([torch.as_tensor(t) for t in titles])
    return table, torch.tensor([int(label) for label in labels])


def one_pass(model, loader, device, optimizer=None):
    return Trainer(model, device, optimizer)(loader)


def learn(model, train_loader, valid_loader, optimizer, epochs, device):
    rows = [(*one_pass(model, train_loader, device, optimizer), *one_pass(model, valid_loader, device)) for _ in range(epochs)]
    names = ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def train_batches(
    model, train_set, valid_set, epochs, lr, batch_size, device=None, padding_idx=0, optimizer_class=torch.optim.SGD
):
    device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    model = model.to(device)
    loaders = (Batches(data, batch_size, padding_idx, shuffle) for data, shuffle in ((train_set, True), (valid_set, False)))
    return learn(model, *loaders, optimizer_class(model.parameters(), lr=lr), epochs, device)
