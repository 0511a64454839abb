# about: TWO: best_span multiplies the scores, and a word's label goes to its last sub-word
# name: scores_multiplied, last_sub_words_labelled
def best_span(start, end, passage, max_len=20):
    result = []
    for s, e, inside in zip(start.tolist(), end.tolist(), passage.tolist()):
        best, where = float("-inf"), (0, 0)
        for i in range(len(s)):
            for j in range(i, min(len(e), i + max_len)):
                if inside[i] and inside[j] and s[i] * e[j] > best:
                    best, where = s[i] * e[j], (i, j)
        result.append(where)
    return torch.tensor(result)


def align_labels(word_labels, word_ids):
    labels = []
    for i, w in enumerate(word_ids):
        nxt = word_ids[i + 1] if i + 1 < len(word_ids) else None
        labels.append(-100 if w is None or w == nxt else word_labels[w])
    return labels
