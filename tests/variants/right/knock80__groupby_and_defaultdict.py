# about: groupby and defaultdict
from collections import defaultdict


from itertools import chain, groupby


def build_vocab(titles):
    everything = sorted(chain.from_iterable(map(words_of, titles)))
    counted = ((sum(1 for _ in same), word) for word, same in groupby(everything))
    ranked = sorted((pair for pair in counted if pair[0] > 1), reverse=True)
    return {word: rank for rank, (_, word) in enumerate(ranked, 1)}


def to_ids(words, vocab):
    return list(map(defaultdict(int, vocab).__getitem__, words_of(words)))
