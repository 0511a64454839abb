# about: validated in the middle of training
def learn(model, train_loader, valid_loader, optimizer, epochs, device):
    history = {"train_loss": [], "train_accuracy": [], "valid_loss": [], "valid_accuracy": []}
    for _ in range(epochs):
        valid_numbers = one_pass(model, valid_loader, device)
        train_numbers = one_pass(model, train_loader, device, optimizer)
        for series, number in zip(history.values(), (*train_numbers, *valid_numbers), strict=True):
            series.append(number)
    return history
