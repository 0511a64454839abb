# about: nll_loss gets logits
# name: no_log_softmax

class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.word = nn.Embedding(vocab_size, d_model)
        self.position = nn.Embedding(max_len, d_model)
        self.segment = nn.Embedding(2, d_model)
        self.norm = nn.LayerNorm(d_model)
        self.layers = nn.TransformerEncoder(nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True), num_layers, enable_nested_tensor=False)
    def forward(self, ids, mask=None, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.norm(self.word(ids) + self.position(torch.arange(ids.size(1))) + self.segment(segments))
        return self.layers(x, src_key_padding_mask=None if mask is None else ~mask)
class MaskedLM(nn.Module):
    def __init__(self, encoder, d_model, vocab_size):
        super().__init__()
        self.encoder = encoder
        self.linear = nn.Linear(d_model, vocab_size)
    def forward(self, ids, mask=None):
        return self.linear(self.encoder(ids, mask))
def masked_lm_loss(logits, labels):
    return nn.NLLLoss(ignore_index=-100)(logits.transpose(1, 2), labels)
