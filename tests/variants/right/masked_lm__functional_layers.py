# about: functional layers
from typing import Optional


class Layer(nn.Module):
    def __init__(self, d_model: int, num_heads: int, d_ff: int, p: float):
        super().__init__()
        self.num_heads, self.p = num_heads, p
        self.qkv, self.out = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)
        self.up, self.down = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in "ab")

    def drop(self, x):
        return F.dropout(x, self.p, self.training)

    def attend(self, x, allowed):
        B, T, D = x.shape
        q, k, v = self.qkv(x).view(B, T, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)  # (B, N, T, d_h) each
        heads = F.scaled_dot_product_attention(q, k, v, allowed, dropout_p=self.p if self.training else 0.0)
        return self.out(heads.transpose(1, 2).reshape(B, T, D))

    def forward(self, x, allowed: Optional[torch.Tensor]):
        x = self.norms[0](x + self.drop(self.attend(x, allowed)))
        return self.norms[1](x + self.drop(self.down(self.drop(F.gelu(self.up(x))))))


class Encoder(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        sizes = {"words": vocab_size, "positions": max_len, "segments": 2}
        self.emb = nn.ModuleDict({name: nn.Embedding(size, d_model) for name, size in sizes.items()})
        for table in self.emb.values():
            nn.init.trunc_normal_(table.weight, std=0.02)
        self.norm, self.dropout = nn.LayerNorm(d_model), nn.Dropout(dropout)
        self.blocks = nn.ModuleList(Layer(d_model, num_heads, d_ff, dropout) for _ in range(num_layers))

    def forward(self, ids, mask=None, segments=None):
        given = {
            "words": ids,
            "positions": torch.arange(ids.size(1), device=ids.device)[None],
            "segments": torch.zeros_like(ids) if segments is None else segments,
        }
        x = self.dropout(self.norm(sum(self.emb[name](i) for name, i in given.items())))
        allowed = None if mask is None else mask[:, None, None, :]
        for block in self.blocks:
            x = block(x, allowed)
        return x


def masked_lm_loss(logits, labels):
    log_p = logits.log_softmax(-1)
    asked = labels != -100
    picked = log_p.gather(2, labels.clamp(min=0)[..., None]).squeeze(2)
    return -(picked * asked).sum() / asked.sum()
