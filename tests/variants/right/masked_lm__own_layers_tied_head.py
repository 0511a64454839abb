# about: layers of its own with F.scaled_dot_product_attention over a fused projection; position ids in a buffer; the head shares the table of the words
class Layer(nn.Module):
    def __init__(self, d, n, d_ff, p):
        super().__init__()
        self.n = n
        self.qkv = nn.Linear(d, 3 * d)
        self.out = nn.Linear(d, d)
        self.ffn = nn.Sequential(nn.Linear(d, d_ff), nn.GELU(), nn.Linear(d_ff, d))
        self.ln1, self.ln2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.drop = nn.Dropout(p)

    def forward(self, x, allowed):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q, k, v = (y.unflatten(-1, (self.n, -1)).transpose(1, 2) for y in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=allowed)
        x = self.ln1(x + self.drop(self.out(y.transpose(1, 2).flatten(2))))
        return self.ln2(x + self.drop(self.ffn(x)))


class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab_size, d_model)
        self.position_embeddings = nn.Embedding(max_len, d_model)
        self.token_type_embeddings = nn.Embedding(2, d_model)
        self.register_buffer("position_ids", torch.arange(max_len)[None], persistent=False)
        self.norm = nn.LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(d_model, num_heads, d_ff, dropout) for _ in range(num_layers))

    def forward(self, ids, mask=None, segments=None):
        if segments is None:
            segments = ids.new_zeros(ids.shape)
        x = self.word_embeddings(ids) + self.token_type_embeddings(segments)
        x = self.drop(self.norm(x + self.position_embeddings(self.position_ids[:, : ids.shape[1]])))
        allowed = None if mask is None else mask[:, None, None, :]
        for layer in self.layers:
            x = layer(x, allowed)
        return x


class MaskedLM(nn.Module):
    def __init__(self, encoder, d_model, vocab_size):
        super().__init__()
        self.encoder = encoder
        self.table = nn.Linear(d_model, vocab_size)

    def forward(self, ids, mask=None):
        return self.table(self.encoder(ids, mask=mask))


def masked_lm_loss(logits, labels):
    asked = labels != -100
    log_p = logits[asked].log_softmax(-1)
    return -log_p[torch.arange(len(log_p)), labels[asked]].mean()
