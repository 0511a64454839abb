# about: random words are drawn from the words of the batch
def mask_tokens(ids, special, mask_id, vocab_size):
    chosen = (torch.rand(ids.shape, device=ids.device) < 0.15) & ~special
    labels = ids.masked_fill(~chosen, -100)
    dice = torch.rand(ids.shape, device=ids.device)
    inputs = ids.clone()
    inputs[chosen & (dice < 0.8)] = mask_id
    swapped = chosen & (dice >= 0.8) & (dice < 0.9)
    words = ids[~special]
    inputs[swapped] = words[torch.randint(len(words), (int(swapped.sum()),), device=ids.device)]
    return inputs, labels
