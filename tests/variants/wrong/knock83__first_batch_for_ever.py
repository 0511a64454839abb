# about: one batch is drawn before the epochs
# name: same_batch_every_step
# known: no
def learn(model, train_loader, valid_loader, optimizer, epochs, device):
    history = {"train_loss": [], "train_accuracy": [], "valid_loss": [], "valid_accuracy": []}
    batch = next(iter(train_loader))
    for _ in range(epochs):
        numbers = (*one_pass(model, [batch] * len(train_loader), device, optimizer), *one_pass(model, valid_loader, device))
        for series, number in zip(history.values(), numbers):
            series.append(number)
    return history
