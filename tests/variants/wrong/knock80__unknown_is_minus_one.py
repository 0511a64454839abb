# about: unknown words become -1
# name: unknown_is_negative
# known: no
def to_ids(words, vocab):
    return [vocab.get(w, -1) for w in words_of(words)]
