# about: a small CNN, momentum, seeded, padding by name
def fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size=32, device=None):
    torch.manual_seed(1)
    pad = vocab_size - 1
    net = CNN(vocab_size=vocab_size, emb_size=32, padding_idx=pad, output_size=output_size, out_channels=48, kernel_heights=3)
    sgd = partial(torch.optim.SGD, momentum=0.9)
    log = train_batches(net, train_set, valid_set, epochs=epochs, lr=lr, batch_size=batch_size, device=device, padding_idx=pad, optimizer_class=sgd)
    return net, log
