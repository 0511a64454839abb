# about: the model is a default argument
# name: model_reused
# known: yes
def fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size=32, device=None, keep={}):
    pad = vocab_size - 1
    model = keep.setdefault(0, CNN(vocab_size, 50, pad, output_size, 40, 3))
    history = train_batches(model, train_set, valid_set, epochs, lr, batch_size, device, pad)
    return model, history
