import collections
from lib.words import split_words

def build_vocab(titles):
    counts = collections.Counter(word for title in titles for word in split_words(title))
    return {word: i + 1 for i, (word, c) in enumerate(counts.most_common()) if c >= 2}

def to_ids(words, vocab):
    return [vocab.get(word, 0) for word in split_words(words)]

if __name__ == '__main__':
    print(build_vocab(['a a b']))
