# about: the leftmost pair that is any rule is joined
# name: any_rule_from_the_left

def join_pair(pieces, pair):
    out, i = [], 0
    while i < len(pieces):
        if tuple(pieces[i:i + 2]) == tuple(pair):
            out.append("".join(pair)); i += 2
        else:
            out.append(pieces[i]); i += 1
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
    rules = set(map(tuple, merges))
    pieces = list(word)
    changed = True
    while changed:
        changed = False
        for i in range(len(pieces) - 1):
            if (pieces[i], pieces[i + 1]) in rules:
                pieces[i:i + 2] = [pieces[i] + pieces[i + 1]]
                changed = True
                break
    return pieces
