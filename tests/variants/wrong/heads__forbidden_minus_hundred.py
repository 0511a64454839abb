# about: forbidden spans score -100
# name: forbidden_scores_too_large
def best_span(start, end, passage, max_len=20):
    B, T = start.shape
    table = torch.full((B, T, T), -100.0)
    for i in range(T):
        for j in range(i, min(T, i + max_len)):
            ok = passage[:, i] & passage[:, j]
            table[ok, i, j] = start[ok, i] + end[ok, j]
    best = table.view(B, -1).argmax(1)
    return torch.stack([torch.div(best, T, rounding_mode="floor"), best % T], 1)
