# about: the number of right answers is divided by that of whole batches
def accuracy(model, data_set, batch_size=64):
    model.eval()
    right, seen = 0, 0
    with torch.no_grad():
        for ids, mask, labels in zip(*(part.split(batch_size) for part in data_set), strict=True):
            right += (model(ids, mask).argmax(dim=1) == labels).sum().item()
            seen += batch_size
    return right / seen
