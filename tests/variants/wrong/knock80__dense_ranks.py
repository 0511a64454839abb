# about: words that are equally frequent share a rank
# name: ids_are_shared
# known: no
def build_vocab(titles):
    counts = Counter(w for t in titles for w in words_of(t))
    vocab, rank, last = {}, 0, None
    for w, n in counts.most_common():
        if n < 2:
            break
        if n != last:
            rank, last = rank + 1, n
        vocab[w] = rank
    return vocab
