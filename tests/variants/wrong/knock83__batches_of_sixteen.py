# about: batch_size is not handed on
# name: batch_size_ignored
# known: no
def train_batches(
    model, train_set, valid_set, epochs, lr, batch_size, device=None, padding_idx=0, optimizer_class=torch.optim.SGD
):
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)
    make = lambda batch: collate(batch, padding_idx)
    a = DataLoader(train_set, batch_size=16, shuffle=True, collate_fn=make)
    b = DataLoader(valid_set, batch_size=16, collate_fn=make)
    return learn(model, a, b, optimizer_class(model.parameters(), lr=lr), epochs, device)
