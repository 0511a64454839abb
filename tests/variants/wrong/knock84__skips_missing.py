# about: rows close up where a vector is missing
# name: rows_closed_up
# known: yes
def init_embedding(vocab, vectors, dim):
    rows = [torch.zeros(dim)] + [torch.as_tensor(vectors[w]) for w in vocab if w in vectors]
    rows += [torch.rand(dim) for _ in range(len(vocab) + 1 - len(rows))]
    return torch.stack(rows)
