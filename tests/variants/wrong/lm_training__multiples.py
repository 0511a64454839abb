# about: windows begin at multiples of the length
# name: windows_side_by_side
def get_batch(ids, batch_size, length):
    n = (len(ids) - 1) // length
    pick = torch.randint(n, (batch_size,))
    x = ids[: n * length].view(n, length)[pick]
    y = ids[1 : n * length + 1].view(n, length)[pick]
    return x, y
