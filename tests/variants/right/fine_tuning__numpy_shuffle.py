# about: numpy shuffles, a ReduceLROnPlateau, the training loss watched
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    model = SequenceClassifier(encoder, d_model, output_size)
    ids, mask, y = train_set
    import numpy as np
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    plan = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=2)
    for _ in range(epochs):
        model.train()
        order = np.random.permutation(len(y))
        total = 0.0
        for k in range(0, len(y), batch_size):
            r = torch.from_numpy(order[k : k + batch_size])
            loss = F.cross_entropy(model(ids[r], mask[r]), y[r])
            model.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(r)
        plan.step(total / len(y))
    return model
