# about: zero_grad between backward and step
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    ids, mask, labels = train_set
    for _ in range(epochs):
        model.train()
        for rows in torch.randperm(len(labels)).split(batch_size):
            loss = F.cross_entropy(model(ids[rows], mask[rows]), labels[rows])
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
    return model


def accuracy(model, data_set, batch_size=64):
    """data_set: ids (M, T), mask (M, T), labels (M,) -> the share of right answers, 0 to 1"""
    model.eval()
    right = 0
    with torch.no_grad():
        for ids, mask, labels in zip(*(part.split(batch_size) for part in data_set), strict=True):
            right += (model(ids, mask).argmax(dim=1) == labels).sum().item()
    return right / len(data_set[2])
