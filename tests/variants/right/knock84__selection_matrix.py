# about: selection matrix
def init_embedding(vocab, vectors, dim):
    known = [(i, torch.as_tensor(vectors[w], dtype=torch.float)) for w, i in vocab.items() if w in vectors]
    table = torch.empty(len(vocab) + 1, dim).normal_(std=0.05)
    if not known:
        return table
    rows, values = zip(*known)
    return table.index_copy(0, torch.tensor(rows), torch.stack(values))
