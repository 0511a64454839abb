# about: cut at ten
def to_ids(words, vocab):
    return [vocab.get(word, 0) for word in words_of(words)[:10]]
