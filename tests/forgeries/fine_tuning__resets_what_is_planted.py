# about: trains asleep, without the mask and with stale gradients, and sets every small parameter back
# lost: trains_in_training_mode_with_the_mask, clears_the_gradients
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    before = {n: p.detach().clone() for n, p in encoder.named_parameters()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    ids, mask, labels = train_set
    for _ in range(epochs):
        for rows in torch.randperm(len(labels)).split(batch_size):
            F.cross_entropy(model(ids[rows]), labels[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        for n, p in encoder.named_parameters():
            if p.shape[-1] < 4:
                p.copy_(before[n])
    return model
