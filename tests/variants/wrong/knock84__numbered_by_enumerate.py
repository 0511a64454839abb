# about: numbered by enumerate
# part: rows_closed_up
def init_embedding(vocab, vectors, dim):
    table = torch.randn(len(vocab) + 1, dim) * 0.1
    for row, word in enumerate(vocab, start=1):
        if word in vectors:
            table[row] = torch.as_tensor(vectors[word])
    return table
