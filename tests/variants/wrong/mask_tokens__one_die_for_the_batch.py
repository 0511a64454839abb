# about: 80/10/10 is decided once for the whole batch
# name: one_die_for_all
def mask_tokens(ids, special, mask_id, vocab_size):
    chosen = torch.rand(ids.shape).lt(0.15) & ~special
    labels = torch.where(chosen, ids, torch.tensor(-100))
    r = torch.rand(1).item()
    inputs = ids.clone()
    if r < 0.8:
        inputs[chosen] = mask_id
    elif r < 0.9:
        inputs[chosen] = torch.randint(vocab_size, (int(chosen.sum()),))
    return inputs, labels
