# about: a rate of its own for the head, evaluation of the training data after each epoch
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    clf = SequenceClassifier(encoder, d_model, output_size)
    inside = {id(p) for p in clf.encoder.parameters()}
    groups = [{"params": list(clf.encoder.parameters()), "lr": lr}, {"params": [p for p in clf.parameters() if id(p) not in inside], "lr": 2 * lr}]
    opt = torch.optim.Adam(groups)
    ids, mask, y = train_set
    for e in range(epochs):
        clf.train()
        order = list(range(len(y)))
        random.shuffle(order)
        for k in range(0, len(order), batch_size):
            rows = order[k : k + batch_size]
            loss = F.cross_entropy(clf(ids[rows], mask[rows]), y[rows])
            opt.zero_grad()
            loss.backward()
            opt.step()
        accuracy(clf, train_set)
    return clf
