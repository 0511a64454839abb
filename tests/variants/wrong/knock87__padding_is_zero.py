# about: batches are filled with 0
# name: padding_ids_differ
# known: yes
def fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size=32, device=None):
    pad = vocab_size - 1
    model = CNN(vocab_size, 50, pad, output_size, 40, 3)
    history = train_batches(model, train_set, valid_set, epochs, lr, batch_size, device)
    return model, history
