# about: a list of rows in the order of the ids, stacked
def init_embedding(vocab, vectors, dim):
    words = {i: w for w, i in vocab.items()}
    rows = [torch.zeros(dim)]
    for i in range(1, len(vocab) + 1):
        w = words[i]
        rows.append(torch.tensor(vectors[w]).float() if w in vectors else torch.empty(dim).uniform_(-0.25, 0.25))
    return torch.stack(rows)
