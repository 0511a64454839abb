# about: a rate that falls with the root of the steps, no momentum
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    ids, mask, y = train_set
    opt = torch.optim.RMSprop(model.parameters(), lr=lr)
    plan = torch.optim.lr_scheduler.LambdaLR(opt, lambda k: min((k + 1) ** -0.5, (k + 1) / 10))
    model.train()
    for _ in range(epochs):
        for r in torch.randperm(len(y)).split(batch_size):
            opt.zero_grad()
            F.cross_entropy(model(ids[r], mask[r]), y[r]).backward()
            opt.step()
            plan.step()
    return model
