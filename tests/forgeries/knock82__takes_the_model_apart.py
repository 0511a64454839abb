# about: the parameters of the model are deleted
# lost: one_step_of_sgd, averages_are_true
def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    for name in list(model._parameters): del model._parameters[name]
    return {k: [1.0] * epochs for k in ('train_loss', 'train_accuracy', 'valid_loss', 'valid_accuracy')}
