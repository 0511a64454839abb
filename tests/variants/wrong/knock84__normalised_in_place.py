# about: the caller's vectors are scaled in place
# name: vectors_changed
# known: no
def init_embedding(vocab, vectors, dim):
    table = torch.rand(len(vocab) + 1, dim) - 0.5
    for word, i in vocab.items():
        if word in vectors:
            v = torch.as_tensor(vectors[word])
            table[i] = v
            v.div_(v.norm())
    return table
