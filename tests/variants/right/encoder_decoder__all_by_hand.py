# about: attention written by hand with einsum, one class for both kinds, pre-norm with last norms, greedy into a filled tensor
class Attend(nn.Module):
    def __init__(self, d, n):
        super().__init__()
        self.n = n
        self.q, self.k, self.v, self.o = (nn.Linear(d, d) for _ in range(4))

    def forward(self, x, y, hidden):
        cut = lambda z: z.reshape(z.shape[0], z.shape[1], self.n, -1)
        q, k, v = cut(self.q(x)), cut(self.k(y)), cut(self.v(y))
        s = torch.einsum("bqnd,bknd->bnqk", q, k) / math.sqrt(q.shape[-1])
        w = s.masked_fill(hidden, float("-inf")).softmax(-1)
        return self.o(torch.einsum("bnqk,bknd->bqnd", w, v).flatten(2))


class DecoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1, cross=True):
        super().__init__()
        self.look = Attend(d_model, num_heads)
        self.ln1 = nn.LayerNorm(d_model)
        if cross:
            self.read = Attend(d_model, num_heads)
            self.ln2 = nn.LayerNorm(d_model)
        self.w1, self.w2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.ln3 = nn.LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)
        self.cross = cross

    def forward(self, x, memory, padding):
        hidden = padding[:, None, None, :]
        h = self.ln1(x)
        if self.cross:
            t = torch.arange(x.shape[1])
            x = x + self.drop(self.look(h, h, t[None, :] > t[:, None]))
            x = x + self.drop(self.read(self.ln2(x), memory, hidden))
        else:
            x = x + self.drop(self.look(h, h, hidden))
        return x + self.drop(self.w2(F.relu(self.w1(self.ln3(x)))))


class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.d = d_model
        self.src_emb, self.tgt_emb = nn.Embedding(src_vocab, d_model), nn.Embedding(tgt_vocab, d_model)
        t = torch.arange(max_len)[:, None]
        rate = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, d_model)
        pe[:, 0::2], pe[:, 1::2] = torch.sin(t * rate), torch.cos(t * rate[: d_model // 2])
        self.register_buffer("pe", pe)
        make = lambda cross: nn.ModuleList([DecoderBlock(d_model, num_heads, d_ff, dropout, cross) for _ in range(num_layers)])
        self.enc, self.dec = make(False), make(True)
        self.enc_norm, self.dec_norm = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)
        self.generator = nn.Linear(d_model, tgt_vocab)

    def embed(self, table, ids):
        return self.drop(table(ids) * math.sqrt(self.d) + self.pe[: ids.size(1)])

    def encode(self, src, src_mask):
        x = self.embed(self.src_emb, src)
        for block in self.enc:
            x = block(x, None, ~src_mask)
        return self.enc_norm(x)

    def decode(self, tgt, memory, src_mask):
        y = self.embed(self.tgt_emb, tgt)
        for block in self.dec:
            y = block(y, memory, ~src_mask)
        return self.generator(self.dec_norm(y))

    def forward(self, src, tgt, src_mask):
        return self.decode(tgt, self.encode(src, src_mask), src_mask)


def greedy_decode(model, src, src_mask, start_id, stop_id, max_len):
    model.eval()
    out = src.new_full((src.shape[0], max_len + 1), stop_id)
    out[:, 0] = start_id
    length, open_ = 1, torch.ones(src.shape[0], dtype=torch.bool)
    with torch.no_grad():
        memory = model.encode(src, src_mask)
        while length <= max_len and open_.any():
            word = model.decode(out[:, :length], memory, src_mask)[:, -1].argmax(-1)
            out[:, length] = torch.where(open_, word, stop_id)
            open_ = open_ & (word != stop_id)
            length += 1
    return out[:, 1:length]
