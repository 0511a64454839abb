# about: epochs + 2
# name: epochs_ignored
# known: no
def fine_tune(model, tokenizer, train_set, valid_set, epochs, lr, batch_size, device=None):
    device = device or "cpu"
    model.to(device)

    def prepare(batch):
        ids, mask = encode(tokenizer, [t for t, _ in batch])
        return ids, mask, torch.tensor([y for _, y in batch])

    a = DataLoader(train_set, batch_size=batch_size, shuffle=True, collate_fn=prepare)
    b = DataLoader(valid_set, batch_size=batch_size, collate_fn=prepare)
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    return learn(model, a, b, opt, epochs + 2, device)
