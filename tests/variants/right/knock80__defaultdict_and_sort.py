# about: a defaultdict, sorted by count and then by word, ids by a comprehension
from collections import defaultdict

def build_vocab(titles):
    seen = defaultdict(int)
    for title in titles:
        for w in words_of(title):
            seen[w] += 1
    ordered = sorted((w for w in seen if seen[w] > 1), key=lambda w: (-seen[w], w))
    return dict(zip(ordered, range(1, len(ordered) + 1)))

def to_ids(words, vocab):
    return list(map(lambda w: vocab[w] if w in vocab else 0, words_of(words)))
