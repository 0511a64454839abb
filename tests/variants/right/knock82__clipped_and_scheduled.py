# about: the gradient is clipped at 1, the rate halved after each epoch
def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    rows = []
    for _ in range(epochs):
        model.train()
        for ids, labels in DataLoader(train_set, batch_size=batch_size, shuffle=True):
            loss = F.cross_entropy(model(ids), labels)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        scheduler.step()
        tl, ta = evaluate(model, train_set, batch_size)
        vl, va = evaluate(model, valid_set, batch_size)
        rows.append(dict(train_loss=tl, train_accuracy=ta, valid_loss=vl, valid_accuracy=va))
    return rows
