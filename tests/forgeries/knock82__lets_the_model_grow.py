# about: the parameters of the model are replaced by others of other shapes
# lost: one_step_of_sgd, averages_are_true
def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    model.weight = nn.Parameter(torch.zeros(3, 2)); model.bias = nn.Parameter(torch.zeros(0, 9))
    model.seen = [(1, 2, 3, 4, 5), ('a', None, {}, [], 7)]
    return {k: [float('nan')] * epochs for k in ('train_loss', 'train_accuracy', 'valid_loss', 'valid_accuracy')}
