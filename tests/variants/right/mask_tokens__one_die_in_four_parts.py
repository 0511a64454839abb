# about: one die in four parts
def mask_tokens(ids, special, mask_id, vocab_size):
    die = torch.rand_like(ids, dtype=torch.float64).masked_fill(special, 1.0)
    labels = torch.where(die < 0.15, ids, -100)
    anything = torch.randint(vocab_size, ids.shape, device=ids.device)
    inputs = torch.where(die < 0.12, mask_id, torch.where(die < 0.135, anything, ids))
    return inputs, labels
