# about: a seed is set in get_batch
# name: same_places_every_time
def get_batch(ids, batch_size, length):
    g = torch.Generator().manual_seed(42)
    start = torch.randint(0, len(ids) - length, (batch_size,), generator=g)
    return torch.stack([ids[s : s + length] for s in start]), torch.stack([ids[s + 1 : s + length + 1] for s in start])
