# about: the head shares the word table that the student's own encoder has

class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab_size, d_model)
        self.position_embeddings = nn.Embedding(max_len, d_model)
        self.segment_embeddings = nn.Embedding(2, d_model)
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)

    def forward(self, ids, mask=None, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.word_embeddings(ids) + self.position_embeddings(torch.arange(ids.size(1), device=ids.device)) + self.segment_embeddings(segments)
        return self.layers(self.dropout(self.norm(x)), src_key_padding_mask=None if mask is None else ~mask)


class MaskedLM(nn.Module):
    def __init__(self, encoder, d_model, vocab_size):
        super().__init__()
        self.encoder = encoder
        self.decoder = nn.Linear(d_model, vocab_size)
        self.decoder.weight = self.encoder.word_embeddings.weight

    def forward(self, ids, mask=None):
        return self.decoder(self.encoder(ids, mask))


def masked_lm_loss(logits, labels):
    return F.cross_entropy(logits.reshape(-1, logits.size(-1)), labels.reshape(-1), ignore_index=-100)
