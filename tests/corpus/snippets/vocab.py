def build_vocab(titles):
    counts = collections.defaultdict(int)
    for title in titles:
        for word in title.split() if isinstance(title, str) else title:
            counts[word] += 1
    ranked = sorted(((w, c) for w, c in counts.items() if c >= 2), key=lambda item: item[1], reverse=True)
    return {word: i + 1 for i, (word, _) in enumerate(ranked)}


def to_ids(words, vocab):
    words = words.split() if isinstance(words, str) else words
    return [vocab.get(word, 0) for word in words]
