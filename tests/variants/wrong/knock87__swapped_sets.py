# about: validation and training swapped
# name: sets_swapped
# known: yes
def fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size=32, device=None):
    pad = vocab_size - 1
    model = CNN(vocab_size, 50, pad, output_size, 40, 3)
    history = train_batches(model, valid_set, train_set, epochs, lr, batch_size, device, pad)
    return model, history
