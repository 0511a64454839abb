# about: all weights frozen
# name: everything_frozen
# known: yes
def fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size=32, device=None):
    pad = vocab_size - 1
    model = CNN(vocab_size, 50, pad, output_size, 40, 3)
    for n, p in model.named_parameters():
        p.requires_grad_('bias' in n)
    history = train_batches(model, train_set, valid_set, epochs, lr, batch_size, device, pad)
    return model, history
