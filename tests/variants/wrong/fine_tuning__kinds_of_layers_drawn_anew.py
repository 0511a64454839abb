# about: model.apply draws all linear layers and embeddings anew
# name: encoder_initialised_again

def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.normal_(m.weight, std=0.02)
        if m.bias is not None:
            nn.init.zeros_(m.bias)
    elif isinstance(m, nn.Embedding):
        nn.init.normal_(m.weight, std=0.02)

def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    ids, mask, labels = train_set
    model = SequenceClassifier(encoder, d_model, output_size)
    model.apply(init_weights)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    for epoch in range(epochs):
        model.train()
        for rows in torch.randperm(len(ids)).split(batch_size):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(ids[rows], mask[rows]), labels[rows])
            loss.backward()
            optimizer.step()
    return model

def accuracy(model, data_set, batch_size=64):
    ids, mask, labels = data_set
    model.eval()
    with torch.no_grad():
        hits = sum((model(ids[i:i + batch_size], mask[i:i + batch_size]).argmax(-1) == labels[i:i + batch_size]).sum().item() for i in range(0, len(ids), batch_size))
    return hits / len(ids)
