# about: learned positions, multiplied together with the words
class DecoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.layer = nn.TransformerDecoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True)

    def forward(self, x, memory, padding):
        t = x.shape[1]
        hidden = torch.full((t, t), float("-inf"), device=x.device).triu(1)
        return self.layer(x, memory, tgt_mask=hidden, memory_key_padding_mask=padding.float().masked_fill(padding, float("-inf")))


class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.source = nn.ModuleList([nn.Embedding(src_vocab, d_model), nn.Embedding(max_len, d_model)])
        self.target = nn.ModuleList([nn.Embedding(tgt_vocab, d_model), nn.Embedding(max_len, d_model)])
        for emb in [*self.source, *self.target]:
            nn.init.normal_(emb.weight, std=d_model**-0.5)
        self.factor = d_model**0.5
        make = lambda: nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True)
        self.reader = nn.ModuleList([make() for _ in range(num_layers)])
        self.writer = nn.ModuleList([DecoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(d_model, tgt_vocab)

    def _enter(self, tables, ids):
        words, places = tables
        at = torch.arange(ids.shape[1], device=ids.device)
        return self.dropout((words(ids) + places(at)) * self.factor)

    def encode(self, src, src_mask):
        x = self._enter(self.source, src)
        for layer in self.reader:
            x = layer(x, src_key_padding_mask=~src_mask)
        return x

    def decode(self, tgt, memory, src_mask):
        y = self._enter(self.target, tgt)
        for block in self.writer:
            y = block(y, memory, ~src_mask)
        return self.fc(y)

    def forward(self, src, tgt, src_mask):
        return self.decode(tgt, self.encode(src, src_mask), src_mask)


def seq2seq_loss(model, src, src_mask, tgt, pad_id):
    """src (B, S), src_mask (B, S) bool, tgt (B, T) from start to stop, then padding -> the mean loss, a scalar"""
    given, wanted = tgt[:, :-1], tgt[:, 1:]  # (B, T - 1) each
    logits = model(src, given, src_mask)  # (B, T - 1, V)
    return F.cross_entropy(logits.transpose(1, 2), wanted, ignore_index=pad_id)


def greedy_decode(model, src, src_mask, start_id, stop_id, max_len):
    """src (B, S), src_mask (B, S) bool -> words (B, at most max_len) int64, without the start"""
    model.eval()
    with torch.no_grad():
        memory = model.encode(src, src_mask)
        words = torch.full((len(src), 1), start_id, device=src.device)  # (B, 1)
        done = torch.zeros(len(src), dtype=torch.bool, device=src.device)
        for _ in range(max_len):
            scores = model.decode(words, memory, src_mask)[:, -1]  # (B, V)
            best = scores.argmax(dim=1)
            words = torch.cat([words, best[:, None]], dim=1)  # (B, t)
            done |= best == stop_id
            if done.all():
                break
    return words[:, 1:]
