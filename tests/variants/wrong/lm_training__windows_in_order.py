# about: always the first windows of the text, one after the other
# name: same_places_every_time
def get_batch(ids, batch_size, length):
    start = [(i * length) % (len(ids) - length) for i in range(batch_size)]
    return torch.stack([ids[s : s + length] for s in start]), torch.stack([ids[s + 1 : s + length + 1] for s in start])
