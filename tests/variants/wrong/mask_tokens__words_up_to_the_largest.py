# about: random words are drawn up to the largest id of the batch
def mask_tokens(ids, special, mask_id, vocab_size):
    chosen = (torch.rand(ids.shape) < 0.15) & ~special
    labels = ids.masked_fill(~chosen, -100)
    dice = torch.rand(ids.shape)
    inputs = ids.clone()
    inputs[chosen & (dice < 0.8)] = mask_id
    swapped = chosen & (dice >= 0.8) & (dice < 0.9)
    inputs[swapped] = torch.randint(0, int(ids.max()) + 1, ids.shape)[swapped]
    return inputs, labels
