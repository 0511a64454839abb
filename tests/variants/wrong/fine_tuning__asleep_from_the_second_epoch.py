# about: an evaluation after each epoch leaves it in evaluation mode
# name: trained_in_eval_mode
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    ids, mask, y = train_set
    opt = torch.optim.AdamW(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for r in torch.randperm(len(y)).split(batch_size):
            opt.zero_grad()
            F.cross_entropy(model(ids[r], mask[r]), y[r]).backward()
            opt.step()
        model.eval()
    return model
