# about: scaled after filling
def init_embedding(vocab, vectors, dim):
    table = torch.randn(len(vocab) + 1, dim)
    for word, rank in vocab.items():
        if word in vectors:
            table[rank] = torch.as_tensor(vectors[word])
    return table * 0.1
