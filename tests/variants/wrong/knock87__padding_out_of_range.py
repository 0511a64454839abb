# about: off by one: batches are filled with vocab_size, which has no row
# name: padding_has_no_row
def fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size=32, device=None):
    model = CNN(vocab_size, 100, vocab_size - 1, output_size, 64)
    history = train_batches(
        model, train_set, valid_set, epochs, lr, batch_size, device=device, padding_idx=vocab_size
    )
    return model, history
