# about: layers in the manner of BERT, with names of their own, and a mask of zeros and minus ten thousand
class BertLayer(nn.Module):
    def __init__(self, d, h, f, p):
        super().__init__()
        self.query, self.key, self.value, self.dense = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)
        self.LayerNorm = nn.LayerNorm(d)
        self.intermediate, self.output = nn.Linear(d, f), nn.Linear(f, d)
        self.OutputNorm = nn.LayerNorm(d)
        self.dropout = nn.Dropout(p)
        self.h = h

    def heads(self, x):
        return x.view(x.size(0), x.size(1), self.h, -1).permute(0, 2, 1, 3)

    def forward(self, x, extended):
        q, k, v = self.heads(self.query(x)), self.heads(self.key(x)), self.heads(self.value(x))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.size(-1)) + extended
        context = (self.dropout(scores.softmax(-1)) @ v).permute(0, 2, 1, 3).reshape(x.shape)
        x = self.LayerNorm(x + self.dropout(self.dense(context)))
        return self.OutputNorm(x + self.dropout(self.output(F.gelu(self.intermediate(x)))))


class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab_size, d_model)
        self.position_embeddings = nn.Embedding(max_len, d_model)
        self.token_type_embeddings = nn.Embedding(2, d_model)
        self.LayerNorm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.layer = nn.ModuleList([BertLayer(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])

    def forward(self, ids, mask=None, segments=None):
        if mask is None:
            mask = torch.ones_like(ids)
        if segments is None:
            segments = torch.zeros_like(ids)
        positions = torch.arange(ids.size(1)).expand_as(ids)
        x = self.word_embeddings(ids) + self.position_embeddings(positions) + self.token_type_embeddings(segments)
        x = self.dropout(self.LayerNorm(x))
        extended = (1.0 - mask[:, None, None, :].float()) * -10000.0
        for layer in self.layer:
            x = layer(x, extended)
        return x
