# about: the sentences are shuffled by a loader and the labels are not
# name: labels_left_in_order
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    ids, mask, y = train_set
    opt = torch.optim.AdamW(model.parameters(), lr=lr)
    for _ in range(epochs):
        model.train()
        order = torch.randperm(len(y))
        for k in range(0, len(y), batch_size):
            r = order[k : k + batch_size]
            opt.zero_grad()
            F.cross_entropy(model(ids[r], mask[r]), y[k : k + batch_size]).backward()
            opt.step()
    return model
