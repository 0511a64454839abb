# about: the file's rows for the first ids
# name: order_of_the_file
# known: yes
def init_embedding(vocab, vectors, dim):
    table = torch.zeros(len(vocab) + 1, dim)
    for i, word in enumerate(vectors, start=1):
        if i <= len(vocab):
            table[i] = torch.as_tensor(vectors[word])
    return table
