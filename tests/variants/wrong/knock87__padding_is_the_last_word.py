# about: the padding is vocab_size - 2 in both places
# name: padding_is_a_word
def fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size=32, device=None):
    padding_idx = vocab_size - 2
    cnn = CNN(vocab_size, 64, padding_idx, output_size, out_channels=128)
    history = train_batches(cnn, train_set, valid_set, epochs, lr, batch_size, device, padding_idx)
    return cnn, history
