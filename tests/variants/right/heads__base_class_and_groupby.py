# about: base class and groupby
from itertools import accumulate, chain, groupby


class Head(nn.Module):
    """An encoder with one linear layer on each of its outputs."""

    def __init__(self, encoder, d_model, size):
        super().__init__()
        self.body, self.scores = encoder, nn.Linear(d_model, size)

    def forward(self, ids, mask=None, segments=None):
        return self.scores(self.body(ids, mask, segments))


def pack_pair(first, second, cls_id, sep_id):
    ids = list(chain([cls_id], first, [sep_id], second, [sep_id]))
    segments = [int(i > len(first) + 1) for i in range(len(ids))]
    return ids, segments


class SequenceClassifier(Head):
    def forward(self, ids, mask=None, segments=None):
        return super().forward(ids, mask, segments)[:, 0]


class SpanHead(Head):
    def __init__(self, encoder, d_model):
        super().__init__(encoder, d_model, 2)

    def forward(self, ids, mask=None, segments=None):
        return tuple(super().forward(ids, mask, segments).movedim(-1, 0))


def best_span(start, end, passage, max_len=20):
    low = torch.finfo(start.dtype).min / 4
    start, end = start.masked_fill(~passage, low), end.masked_fill(~passage, low)
    T = start.size(1)
    band = torch.ones(T, T, dtype=torch.bool, device=start.device).triu().tril(max_len - 1)
    total = torch.where(band, start.unsqueeze(2) + end.unsqueeze(1), -torch.inf)
    return torch.stack(torch.unravel_index(total.flatten(1).argmax(1), (T, T)), dim=1)


class TaggingHead(Head):
    pass


def align_labels(word_labels, word_ids):
    labels = []
    for word, pieces in groupby(word_ids):
        more = len(list(pieces)) - 1
        labels += [-100 if word is None else word_labels[word]] + [-100] * more
    return labels
