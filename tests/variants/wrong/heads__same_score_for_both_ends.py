# about: one score for the start and for the end
# name: one_score_for_both_ends
class SpanHead(nn.Module):
    def __init__(self, encoder, d_model):
        super().__init__()
        self.encoder = encoder
        self.ends = nn.Linear(d_model, 1)

    def forward(self, ids, mask=None, segments=None):
        scores = self.ends(self.encoder(ids, mask, segments)).squeeze(-1)
        return scores, scores
