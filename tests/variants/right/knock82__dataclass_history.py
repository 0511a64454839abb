# about: history is a dataclass of four lists; training through functional closures and an index permutation
from dataclasses import dataclass, field


@dataclass
class History:
    train_loss: list = field(default_factory=list)
    train_accuracy: list = field(default_factory=list)
    valid_loss: list = field(default_factory=list)
    valid_accuracy: list = field(default_factory=list)


def mini_batches(data_set, size, order):
    for i in range(0, len(order), size):
        chosen = [data_set[j] for j in order[i : i + size]]
        yield torch.stack([ids for ids, _ in chosen]), torch.tensor([int(label) for _, label in chosen])


def evaluate(model, data_set, batch_size=1):
    was_training = model.training
    model.eval()
    losses, hits = [], []
    with torch.no_grad():
        for ids, labels in mini_batches(data_set, batch_size, list(range(len(data_set)))):
            scores = model(ids)
            losses.append(F.cross_entropy(scores, labels, reduction="none"))
            hits.append(scores.argmax(1).eq(labels))
    model.train(was_training)
    return torch.cat(losses).double().mean().item(), torch.cat(hits).double().mean().item()


def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    history = History()
    sgd = torch.optim.SGD(model.parameters(), lr)
    criterion = nn.CrossEntropyLoss()
    for epoch in range(1, epochs + 1):
        model.train()
        for ids, labels in mini_batches(train_set, batch_size, torch.randperm(len(train_set)).tolist()):
            def closure():
                sgd.zero_grad(set_to_none=True)
                loss = criterion(model(ids), labels)
                loss.backward()
                return loss
            sgd.step(closure)
        for part, data in {"train": train_set, "valid": valid_set}.items():
            loss, accuracy = evaluate(model, data, batch_size)
            getattr(history, f"{part}_loss").append(loss)
            getattr(history, f"{part}_accuracy").append(accuracy)
    return history
