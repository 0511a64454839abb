# about: trains a copy
# name: no_step
import copy


def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    model = copy.deepcopy(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    history = {"train_loss": [], "train_accuracy": [], "valid_loss": [], "valid_accuracy": []}
    for _ in range(epochs):
        model.train()
        for ids, labels in DataLoader(train_set, batch_size, shuffle=True):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids), labels)
            loss.backward()
            optimizer.step()
        for name, data_set in (("train", train_set), ("valid", valid_set)):
            loss, accuracy = evaluate(model, data_set, batch_size)
            history[f"{name}_loss"].append(loss)
            history[f"{name}_accuracy"].append(accuracy)
    return history
