# about: a piece that was joined is joined again
# name: joined_with_the_joined

def join_pair(pieces, pair):
    out = []
    for i, piece in enumerate(pieces):
        if i > 0 and (pieces[i - 1], piece) == tuple(pair):
            out[-1] = pieces[i - 1] + piece
        else:
            out.append(piece)
    return out

def learn_merges(words, count):
    rows = {w: list(w) for w in words}
    merges = []
    for _ in range(count):
        pairs = Counter()
        for w, row in rows.items():
            for pair in zip(row, row[1:]):
                pairs[pair] += words[w]
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        rows = {w: join_pair(row, best) for w, row in rows.items()}
    return merges

def split_word(word, merges):
    pieces = list(word)
    for pair in merges:
        pieces = join_pair(pieces, pair)
    return pieces
