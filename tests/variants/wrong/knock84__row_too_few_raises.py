# about: as many rows as words, so that the last id has none and raises IndexError
# name: no_row_for_zero
def init_embedding(vocab, vectors, dim):
    table = torch.zeros(len(vocab), dim)
    for word, i in vocab.items():
        if word in vectors:
            table[i] = torch.from_numpy(vectors[word])
    return table
