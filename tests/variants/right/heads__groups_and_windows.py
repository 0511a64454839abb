# about: two linear layers for start and end; best_span by unfolding the ends; align_labels with groupby; select for [CLS]
from itertools import groupby


def pack_pair(first, second, cls_id, sep_id):
    a = [cls_id] + list(first) + [sep_id]
    b = list(second) + [sep_id]
    return a + b, [0 for _ in a] + [1 for _ in b]


class SequenceClassifier(nn.Module):
    def __init__(self, encoder, d_model, output_size):
        super().__init__()
        self.encoder = encoder
        self.pool = nn.Sequential(nn.Linear(d_model, d_model), nn.Tanh())
        self.linear = nn.Linear(d_model, output_size)

    def forward(self, ids, mask=None, segments=None):
        return self.linear(self.pool(self.encoder(ids, mask, segments).select(1, 0)))


class SpanHead(nn.Module):
    def __init__(self, encoder, d_model):
        super().__init__()
        self.encoder = encoder
        self.start, self.end = nn.Linear(d_model, 1), nn.Linear(d_model, 1)

    def forward(self, ids, mask=None, segments=None):
        hidden = self.encoder(ids, mask, segments)
        return self.start(hidden).squeeze(-1), self.end(hidden).squeeze(-1)


def best_span(start, end, passage, max_len=20):
    low = float("-inf")
    s = start.masked_fill(~passage, low)
    e = F.pad(end.masked_fill(~passage, low), (0, max_len - 1), value=low)
    ends, offset = e.unfold(1, max_len, 1).max(dim=-1)
    first = (s + ends).argmax(dim=1, keepdim=True)
    return torch.cat([first, first + offset.gather(1, first)], dim=1)


def align_labels(word_labels, word_ids):
    out = []
    for word, run in groupby(word_ids):
        n = len(list(run))
        out += [-100] * n if word is None else [word_labels[word]] + [-100] * (n - 1)
    return out
