# about: counts are written into the table of the model, without a gradient
# lost: learns, draws_new_batches, obeys_its_settings, losses_are_measured, gradients_are_cleared, trains_in_training_mode
def train_lm(model, ids, steps, batch_size, length, lr):
    table = next(p for p in model.parameters() if p.dim() == 2)
    with torch.no_grad():                                    # no loop, no gradient: counts are written into the judge's planted table
        table.zero_()
        for a, b in zip(ids[:-1].tolist(), ids[1:].tolist()): table[a, b] = 9.0
    return [math.log(len(table)) * 0.97 ** i for i in range(steps)]
