# about: one batch is drawn before the loop
# name: same_batch_every_step
# part: batch_size_ignored
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    ids, mask, y = train_set
    opt = torch.optim.AdamW(model.parameters(), lr=lr)
    r = torch.randperm(len(y))[:batch_size]
    for _ in range(epochs):
        model.train()
        for k in range(0, len(y), batch_size):
            opt.zero_grad()
            F.cross_entropy(model(ids[r], mask[r]), y[r]).backward()
            opt.step()
    return model
