# about: post-norm, projections without biases, names of GPT, the output layer before the table of words
class Attn(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.h = h
        self.wq, self.wk, self.wv, self.wo = [nn.Linear(d, d, bias=False) for _ in range(4)]

    def forward(self, x, y, hide=None):
        B, T, D = x.shape
        q = self.wq(x).view(B, T, self.h, -1).transpose(1, 2)
        k = self.wk(y).view(B, y.size(1), self.h, -1).transpose(1, 2)
        v = self.wv(y).view(B, y.size(1), self.h, -1).transpose(1, 2)
        s = q @ k.mT / (D // self.h) ** 0.5
        if hide is not None:
            s = s.masked_fill(hide, -1e9)
        return self.wo((s.softmax(-1) @ v).transpose(1, 2).reshape(B, T, D))


class Block(nn.Module):
    def __init__(self, d, h, f, cross):
        super().__init__()
        self.attn = Attn(d, h)
        self.ln_1 = nn.LayerNorm(d)
        if cross:
            self.crossattn = Attn(d, h)
            self.ln_cross = nn.LayerNorm(d)
        self.mlp = nn.Sequential(nn.Linear(d, f), nn.GELU(), nn.Linear(f, d))
        self.ln_2 = nn.LayerNorm(d)

    def forward(self, x, hide, memory=None, hide_memory=None):
        x = self.ln_1(x + self.attn(x, x, hide))
        if memory is not None:
            x = self.ln_cross(x + self.crossattn(x, memory, hide_memory))
        return self.ln_2(x + self.mlp(x))


class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.lm_head = nn.Linear(d_model, tgt_vocab)
        self.wte_tgt = nn.Embedding(tgt_vocab, d_model)
        self.wte_src = nn.Embedding(src_vocab, d_model)
        self.wpe = nn.Embedding(max_len, d_model)
        self.dec = nn.ModuleList([Block(d_model, num_heads, d_ff, True) for _ in range(num_layers)])
        self.enc = nn.ModuleList([Block(d_model, num_heads, d_ff, False) for _ in range(num_layers)])

    def encode(self, src, src_mask):
        x = self.wte_src(src) + self.wpe.weight[: src.size(1)]
        for b in self.enc:
            x = b(x, ~src_mask[:, None, None])
        return x

    def decode(self, tgt, memory, src_mask):
        T = tgt.size(1)
        x = self.wte_tgt(tgt) + self.wpe.weight[:T]
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        for b in self.dec:
            x = b(x, future, memory, ~src_mask[:, None, None])
        return self.lm_head(x)

    def forward(self, src, tgt, src_mask):
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
