# about: batches of similar lengths, sorted by length and then shuffled, its own optimizer line
def train_batches(
    model, train_set, valid_set, epochs, lr, batch_size, device=None, padding_idx=0, optimizer_class=torch.optim.SGD
):
    device = torch.device(device if device is not None else "cuda" if torch.cuda.is_available() else "cpu")
    model = model.to(device)
    optimizer = optimizer_class(params=model.parameters(), lr=lr)
    by_length = sorted(train_set, key=lambda pair: len(pair[0]))
    batches = [by_length[i : i + batch_size] for i in range(0, len(by_length), batch_size)]
    random.shuffle(batches)
    train_loader = [collate(b, padding_idx) for b in batches]
    valid_loader = DataLoader(valid_set, batch_size, collate_fn=lambda b: collate(b, padding_idx))
    return learn(model, train_loader, valid_loader, optimizer, epochs, device)
