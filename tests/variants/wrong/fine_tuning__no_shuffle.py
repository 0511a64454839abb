# about: the data in the order in which they come
# name: same_order_every_epoch
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    ids, mask, y = train_set
    opt = torch.optim.AdamW(model.parameters(), lr=lr)
    for _ in range(epochs):
        model.train()
        for k in range(0, len(y), batch_size):
            opt.zero_grad()
            F.cross_entropy(model(ids[k:k + batch_size], mask[k:k + batch_size]), y[k:k + batch_size]).backward()
            opt.step()
    return model
