# about: build_vocab cuts at spaces and keeps capitals and punctuation, to_ids uses words_of
# name: cut_otherwise
def build_vocab(titles):
    counter = Counter()
    for t in titles:
        counter.update(t.split(" ") if isinstance(t, str) else t)
    pairs = sorted(counter.items(), key=lambda x: x[1], reverse=True)
    return {w: i + 1 for i, (w, n) in enumerate(pairs) if n > 1}
