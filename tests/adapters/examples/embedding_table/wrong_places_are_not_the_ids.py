# exercise: knock84
# mistake: no_row_for_zero
# %% knock80
from collections import Counter, OrderedDict


def make_word2id(titles):
    counts = Counter(word for title in titles for word in title.split())
    word2id = OrderedDict(())
    for word, count in counts.most_common():
        if count > 1:
            word2id[word] = len(word2id) + 1
    return word2id


# %% knock84
import torch


def embedding_table(word2id, vectors, emb_size):
    table = torch.randn(len(word2id), emb_size)
    for row, word in enumerate(word2id):
        if word in vectors:
            table[row] = torch.tensor(vectors[word])
    return table
