# about: what is left of the lent model: half precision
# lost: one_step_of_sgd
def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    model.half()
    return {k: [1.0] * epochs for k in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")}
