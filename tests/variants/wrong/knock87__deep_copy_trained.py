# about: a copy is trained
# name: untrained_model_returned
# known: no
def fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size=32, device=None):
    pad = vocab_size - 1
    model = CNN(vocab_size, 50, pad, output_size, 40, 3)
    history = train_batches(__import__('copy').deepcopy(model), train_set, valid_set, epochs, lr, batch_size, device, pad)
    return model, history
