# about: nn.TransformerEncoder as it comes, relu, a pre-norm stack with a last norm, a head tied to nothing
class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.emb = nn.ModuleDict({"tok": nn.Embedding(vocab_size, d_model), "seg": nn.Embedding(2, d_model), "pos": nn.Embedding(max_len, d_model)})
        self.ln = nn.LayerNorm(d_model)
        block = nn.TransformerEncoderLayer(d_model, num_heads, dim_feedforward=d_ff, dropout=dropout, batch_first=True, norm_first=True)
        self.stack = nn.TransformerEncoder(block, num_layers, norm=nn.LayerNorm(d_model))

    def forward(self, ids, mask=None, segments=None):
        if segments is None:
            segments = ids * 0
        x = self.emb["tok"](ids) + self.emb["seg"](segments) + self.emb["pos"].weight[: ids.size(1)]
        return self.stack(self.ln(x), src_key_padding_mask=None if mask is None else torch.logical_not(mask))


class MaskedLM(nn.Module):
    def __init__(self, encoder, d_model, vocab_size):
        super().__init__()
        self.bert = encoder
        self.transform = nn.Sequential(nn.Linear(d_model, d_model), nn.GELU(), nn.LayerNorm(d_model))
        self.decoder = nn.Linear(d_model, vocab_size)

    def forward(self, ids, mask=None):
        return self.decoder(self.transform(self.bert(ids, mask)))


def masked_lm_loss(logits, labels):
    V = logits.size(-1)
    return nn.CrossEntropyLoss()(logits.reshape(-1, V), labels.reshape(-1))
