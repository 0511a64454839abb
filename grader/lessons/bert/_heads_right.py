"""Other right answers of the heads."""

from grader.checks import accepts, edit

pooler = accepts(
    edit(
        "self.classify = nn.Linear(d_model, output_size)",
        "self.classify = nn.Sequential(nn.Linear(d_model, d_model), nn.Tanh(), nn.Dropout(0.1), nn.Linear(d_model, output_size))",
    ),
)
log_probabilities = accepts(
    edit("self.classify(sentence)", "self.classify(sentence).log_softmax(-1)"),
    edit("self.tag(states)", "self.tag(states).softmax(-1)"),
)
two_layers = accepts(
    edit("self.ends = nn.Linear(d_model, 2)", "self.start, self.end = nn.Linear(d_model, 1), nn.Linear(d_model, 1)"),
    edit(
        "scores = self.ends(self.encoder(ids, mask, segments))",
        "h = self.encoder(ids, mask, segments); scores = torch.cat([self.start(h), self.end(h)], dim=-1)",
    ),
)
loops = accepts(
    edit(
        "return torch.stack([best // len(place), best % len(place)], dim=1)",
        """found = []
    for s, e, p in zip(start.tolist(), end.tolist(), passage.tolist()):
        spans = [(i, j) for i in range(len(s)) for j in range(i, min(i + max_len, len(s))) if p[i] and p[j]]
        found.append(max(spans, key=lambda span: s[span[0]] + e[span[1]]))
    return found""",
    ),
    edit("return labels", "return torch.tensor(labels)"),
    edit("return ids, segments", "return torch.tensor(ids), torch.tensor(segments)"),
)
