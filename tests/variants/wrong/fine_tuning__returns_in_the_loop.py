# about: returns after the first epoch
# name: epochs_ignored
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    ids, mask, y = train_set
    opt = torch.optim.AdamW(model.parameters(), lr=lr)
    for _ in range(epochs):
        model.train()
        for r in torch.randperm(len(y)).split(batch_size):
            opt.zero_grad()
            F.cross_entropy(model(ids[r], mask[r]), y[r]).backward()
            opt.step()
        return model
    return model
