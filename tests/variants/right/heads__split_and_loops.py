# about: two linear layers for the ends, spans by loops, labels by enumerating
class SpanHead(nn.Module):
    def __init__(self, encoder, d_model):
        super().__init__()
        self.bert = encoder
        self.qa_outputs = nn.Linear(d_model, 2)

    def forward(self, ids, mask=None, segments=None):
        logits = self.qa_outputs(self.bert(ids, mask, segments))
        start, end = logits.split(1, dim=-1)
        return start.squeeze(-1), end.squeeze(-1)


class TaggingHead(nn.Module):
    def __init__(self, encoder, d_model, num_tags):
        super().__init__()
        self.bert, self.drop, self.cls = encoder, nn.Dropout(0.1), nn.Linear(d_model, num_tags)

    def forward(self, ids, mask=None, segments=None):
        return self.cls(self.drop(self.bert(ids, mask, segments)))


def best_span(start, end, passage, max_len=20):
    result = []
    for s, e, p in zip(start, end, passage):
        best, pair = None, None
        for i in torch.nonzero(p).flatten().tolist():
            for j in range(i, min(len(s), i + max_len)):
                if p[j] and (best is None or s[i] + e[j] > best):
                    best, pair = s[i] + e[j], (i, j)
        result.append(pair)
    return torch.tensor(result)


def align_labels(word_labels, word_ids):
    seen, out = set(), []
    for w in word_ids:
        if w is None or w in seen:
            out.append(-100)
        else:
            seen.add(w)
            out.append(word_labels[w])
    return out


def pack_pair(first, second, cls_id, sep_id):
    a = [cls_id] + list(first) + [sep_id]
    b = list(second) + [sep_id]
    return a + b, [0 for _ in a] + [1 for _ in b]
