# about: lr is not handed on
# name: learning_rate_ignored
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    ids, mask, y = train_set
    opt = torch.optim.Adam(model.parameters())
    for _ in range(epochs):
        model.train()
        for r in torch.randperm(len(y)).split(batch_size):
            opt.zero_grad()
            F.cross_entropy(model(ids[r], mask[r]), y[r]).backward()
            opt.step()
    return model
