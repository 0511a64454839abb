# about: the table is of whole numbers, so that the vectors are cut to them
# name: cut_to_whole_numbers
def init_embedding(vocab, vectors, dim):
    table = torch.zeros((len(vocab) + 1, dim), dtype=torch.long)
    for word in vocab:
        if word in vectors:
            table[vocab[word]] = torch.tensor(vectors[word])
    return table.float()
