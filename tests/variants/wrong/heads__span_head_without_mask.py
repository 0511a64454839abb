# about: SpanHead calls its encoder with ids and segments only
# name: mask_not_handed_on
class SpanHead(nn.Module):
    def __init__(self, encoder, d_model):
        super().__init__()
        self.enc = encoder
        self.s, self.e = nn.Linear(d_model, 1), nn.Linear(d_model, 1)

    def forward(self, ids, mask=None, segments=None):
        h = self.enc(ids, segments=segments)
        return self.s(h)[..., 0], self.e(h)[..., 0]
