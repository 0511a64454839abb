# about: a dict of its own
from itertools import count, takewhile


class Vocabulary(dict):
    """Unknown words are 0."""

    def __missing__(self, word):
        return 0


def build_vocab(titles):
    numbers = count(1)
    counts = Counter()
    for title in titles:
        counts.update(words_of(title))
    return Vocabulary((word, next(numbers)) for word, _ in takewhile(lambda pair: pair[1] >= 2, counts.most_common()))


def to_ids(words, vocab):
    known = Vocabulary(vocab)
    return [known[word] for word in words_of(words)]
