# about: the encoder is called under no_grad
# name: encoder_cut_off
class SequenceClassifier(nn.Module):
    def __init__(self, encoder, d_model, output_size):
        super().__init__()
        self.encoder, self.out = encoder, nn.Linear(d_model, output_size)

    def forward(self, ids, mask=None, segments=None):
        with torch.no_grad():
            h = self.encoder(ids, mask, segments)
        return self.out(h[:, 0])
