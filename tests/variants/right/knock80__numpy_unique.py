# about: numpy counts, argsort, ids as an int64 array
import numpy as np

def build_vocab(titles):
    words, counts = np.unique([w for t in titles for w in words_of(t)], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {str(words[i]): n + 1 for n, i in enumerate(order) if counts[i] >= 2}

def to_ids(words, vocab):
    return np.array([vocab.get(w, 0) for w in words_of(words)], dtype=np.int64)
