# about: (T, B)
# name: batch_transposed
def get_batch(ids, batch_size, length):
    start = torch.randint(0, len(ids) - length, (batch_size,))
    x = torch.stack([ids[s : s + length] for s in start], dim=1)
    y = torch.stack([ids[s + 1 : s + length + 1] for s in start], dim=1)
    return x, y
