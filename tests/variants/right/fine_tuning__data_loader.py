# about: DataLoader that shuffles, warm-up and linear decay, clipping
from torch.utils.data import DataLoader, TensorDataset


def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    loader = DataLoader(TensorDataset(*train_set), batch_size=batch_size, shuffle=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.01)
    steps = max(1, epochs * len(loader))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: min(1.0, (k + 1) / (0.1 * steps)) * max(0.1, 1 - k / steps))
    criterion = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        model.train()
        for ids, mask, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(ids, mask), labels)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return model


def accuracy(model, data_set, batch_size=64):
    model.eval()
    correct, total = 0, 0
    with torch.inference_mode():
        for ids, mask, labels in DataLoader(TensorDataset(*data_set), batch_size=batch_size):
            correct += int((model(ids, mask).argmax(1) == labels).sum())
            total += labels.numel()
    return correct / total
