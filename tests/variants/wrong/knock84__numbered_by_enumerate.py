# about: numbered by enumerate
# lenient: told as advice
def init_embedding(vocab, vectors, dim):
    table = torch.randn(len(vocab) + 1, dim) * 0.1
    for row, word in enumerate(vocab, start=1):
        if word in vectors:
            table[row] = torch.as_tensor(vectors[word])
    return table
