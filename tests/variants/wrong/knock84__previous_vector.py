# about: try/except leaves the vector of the word before
# name: vector_before
# known: no
def init_embedding(vocab, vectors, dim):
    table = torch.zeros(len(vocab) + 1, dim)
    vector = torch.zeros(dim)
    for word, i in vocab.items():
        try:
            vector = torch.as_tensor(vectors[word])
        except KeyError:
            pass
        table[i] = vector
    return table
