"""Right ways to build figure 1. What may be chosen freely goes together in any way; here are the ways people go.

Attention is written out here with a matrix for each of query, key and value: a fused one is cut in three to match.
"""

from grader.checks import accepts, edit
from grader.model import Edit, Variant

PARTS = """class Attention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(d_model, d_model) for _ in range(4))
        self.num_heads = num_heads

    def cut(self, x):
        return x.unflatten(2, (self.num_heads, -1)).transpose(1, 2)

    def merge(self, seen):
        return seen.transpose(1, 2).flatten(2)

    def forward(self, query, key, value, attn_mask=None, key_padding_mask=None):
        q, k, v = self.cut(self.q(query)), self.cut(self.k(key)), self.cut(self.v(value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if attn_mask is not None:
            scores = scores.masked_fill(attn_mask, float("-inf"))
        if key_padding_mask is not None:
            scores = scores.masked_fill(key_padding_mask[:, None, None, :], float("-inf"))
        return self.o(self.merge(scores.softmax(-1) @ v)), None


class EncoderLayer(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout, norm_first):
        super().__init__()
        self.self_attn = Attention(d_model, num_heads)
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.norm_first = norm_first

    def forward(self, x, mask, padding):
        z = self.norm1(x) if self.norm_first else x
        x = x + self.self_attn(z, z, z, mask, padding)[0]
        x = x if self.norm_first else self.norm1(x)
        z = self.norm2(x) if self.norm_first else x
        x = x + self.linear2(self.linear1(z).relu())
        return x if self.norm_first else self.norm2(x)


class Layers(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, num_layers, dropout, norm_first, last_norm):
        super().__init__()
        self.layers = nn.ModuleList(EncoderLayer(d_model, num_heads, d_ff, dropout, norm_first) for _ in range(num_layers))
        self.norm = nn.LayerNorm(d_model) if last_norm else nn.Identity()

    def forward(self, x, mask=None, src_key_padding_mask=None):
        for layer in self.layers:
            x = layer(x, mask, src_key_padding_mask)
        return self.norm(x)


class DecoderBlock(nn.Module):"""
ATTENTION = "nn.MultiheadAttention(d_model, num_heads, dropout, batch_first=True)"
WRITTEN_OUT = (
    edit("class DecoderBlock(nn.Module):", PARTS),
    edit(f"self.self_attention = {ATTENTION}", "self.self_attention = Attention(d_model, num_heads)"),
    edit(f"self.source_attention = {ATTENTION}", "self.source_attention = Attention(d_model, num_heads)"),
)
PRE_NORM = (
    edit(
        "seen, _ = self.self_attention(x, x, x, attn_mask=future)",
        "z = self.norm1(x); seen, _ = self.self_attention(z, z, z, attn_mask=future)",
    ),
    edit("self.norm1(x + self.dropout(seen))", "x + self.dropout(seen)"),
    edit("self.source_attention(x, memory, memory", "self.source_attention(self.norm2(x), memory, memory"),
    edit("self.norm2(x + self.dropout(read))", "x + self.dropout(read)"),
    edit("self.norm3(x + self.dropout(self.feed_forward(x)))", "x + self.dropout(self.feed_forward(self.norm3(x)))"),
)
LAST_NORM = (
    edit(
        "self.fc = nn.Linear(d_model, tgt_vocab)",
        "self.last = nn.LayerNorm(d_model); self.fc = nn.Linear(d_model, tgt_vocab)",
    ),
    edit("return self.fc(y)", "y = self.last(y); return self.fc(y)"),
)
DECODERS = {"post": (), "post_last": LAST_NORM, "pre": PRE_NORM, "pre_last": (*PRE_NORM, *LAST_NORM)}
LEARNED = edit(
    'self.register_buffer("positions", table)', "self.positions = nn.Parameter(0.1 * torch.randn(max_len, d_model))"
)
POSITIONS = {
    "sines": (),
    "sines_then_cosines": (
        edit(
            "torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)",
            "torch.cat([angle.sin(), angle.cos()], dim=-1)",
        ),
    ),
    "one_table": (LEARNED,),
    "two_tables": (
        LEARNED,
        edit(
            "self.scale = math.sqrt(d_model)",
            "self.scale = math.sqrt(d_model); self.places = nn.Parameter(torch.randn(max_len, d_model))",
        ),
        edit("self.positions[: tgt.shape[1]]", "self.places[: tgt.shape[1]]"),
    ),
}
TIED = edit(
    "self.fc = nn.Linear(d_model, tgt_vocab)",
    "self.fc = nn.Linear(d_model, tgt_vocab); self.fc.weight = self.tgt_words.weight",
)
UNSCALED = edit("self.tgt_words(tgt) * self.scale", "self.tgt_words(tgt)")
# Learned positions may be of any size, so that what multiplies the words may multiply them too.
SCALED_TOO = (
    edit(
        "self.src_words(src) * self.scale + self.positions[: src.shape[1]]",
        "(self.src_words(src) + self.positions[: src.shape[1]]) * self.scale",
    ),
    edit("self.tgt_words(tgt) * self.scale + self.", "self.scale * self.tgt_words(tgt) + self.scale * self."),
)
EVERY_NTH_COLUMN = (
    edit(
        "x.unflatten(2, (self.num_heads, -1)).transpose(1, 2)",
        "x.unflatten(2, (-1, self.num_heads)).permute(0, 3, 1, 2)",
    ),
    edit("seen.transpose(1, 2).flatten(2)", "seen.permute(0, 2, 3, 1).flatten(2)"),
)
LESSONS_ENCODER = (
    edit("self.encoder(self.dropout(x), src_key_padding_mask=~src_mask)", "self.whole(src, src_mask)"),
    edit(
        "self.encoder = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)",
        "self.whole = Encoder(src_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout)",
    ),
    edit("self.src_words = nn.Embedding(src_vocab, d_model)", ""),
    edit("for table in (self.src_words, self.tgt_words):", "for table in (self.tgt_words,):"),
    edit("x = self.src_words(src) * self.scale + self.positions[: src.shape[1]]", ""),
)


def encoder_layers(kind: str) -> tuple[Edit, ...]:
    before, last = kind.startswith("pre"), kind.endswith("last")
    made = f"self.encoder = Layers(d_model, num_heads, d_ff, num_layers, dropout, {before}, {last})"
    return (
        edit("layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True)", ""),
        edit("self.encoder = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)", made),
    )


def figure_one(reads: str, writes: str, positions: str, *more: Edit) -> Variant:
    """An encoder and a decoder, each post- or pre-norm, with a last normalisation or without."""
    return accepts(*WRITTEN_OUT, *encoder_layers(reads), *DECODERS[writes], *POSITIONS[positions], *more)


SAME = [(kind, kind) for kind in DECODERS]
MIXED = [("post", "post_last"), ("post", "pre"), ("post", "pre_last")]
# An encoder with a normalisation at its end goes with any decoder.
OTHERS = [
    ("pre_last", "post"),
    ("pre_last", "post_last"),
    ("pre_last", "pre"),
    ("post_last", "post"),
    ("pre", "pre_last"),
    ("pre", "post"),
]
USUAL = {
    f"{reads}_{writes}_{positions}": figure_one(reads, writes, positions)
    for positions, pairs in (("sines", SAME + MIXED + OTHERS), ("two_tables", SAME + MIXED + OTHERS[:1]))
    for reads, writes in pairs
}
RARER = {
    f"{kind}_{positions}": figure_one(kind, kind, positions)
    for positions in ("one_table", "sines_then_cosines")
    for kind in ("post", "post_last", "pre_last")
}
TIED_WORDS = {
    f"{kind}_{positions}_tied{'' if scaled else '_unscaled'}": figure_one(
        kind, kind, positions, TIED, *(() if scaled else (UNSCALED,))
    )
    for kind in ("post", "post_last", "pre_last")
    for positions in ("sines", "one_table", "two_tables")
    for scaled in (True, False)
}
TIED_WORDS |= {
    f"{reads}_{writes}_sines_tied{'' if scaled else '_unscaled'}": figure_one(
        reads, writes, "sines", TIED, *(() if scaled else (UNSCALED,))
    )
    for reads, writes in (*MIXED, *OTHERS[:2])
    for scaled in (True, False)
}
SCALED = {
    f"{kind}_{positions}_scaled{'_tied' if tied else ''}": figure_one(
        kind, kind, positions, *SCALED_TOO, *((TIED,) if tied else ())
    )
    for kind in ("post", "post_last", "pre_last")
    for positions in ("one_table", "two_tables")
    for tied in (False, True)
}
STRIDED = {
    f"{kind}_{positions}_strided": figure_one(kind, kind, positions, *EVERY_NTH_COLUMN)
    for kind in ("post", "pre_last")
    for positions in ("sines", "two_tables")
}
FROM_THE_LESSON = {
    f"lessons_encoder_{kind}_{positions}": accepts(*LESSONS_ENCODER, *DECODERS[kind], *POSITIONS[positions])
    for kind in ("post", "pre_last")
    for positions in ("sines", "one_table")
}
globals().update(USUAL | RARER | TIED_WORDS | SCALED | STRIDED | FROM_THE_LESSON)

log_probabilities = accepts(edit("self.fc(y)", "self.fc(y).log_softmax(-1)"))
buffer_filled = accepts(
    edit(
        "torch.full((len(src), 1), start_id, device=src.device)",
        "torch.zeros(len(src), max_len + 1, dtype=torch.int64)\n        words[:, 0] = start_id",
    ),
    edit("for _ in range(max_len)", "for t in range(max_len)"),
    edit("model.decode(words, memory, src_mask)[:, -1]", "model.decode(words, memory, src_mask)[:, t]"),
    edit("words = torch.cat([words, best[:, None]], dim=1)", "words[:, t + 1] = best"),
)
one_by_one = accepts(
    edit("words[:, 1:]\n", "[row[: row.index(stop_id) + 1] if stop_id in row else row for row in words.tolist()]\n"),
)
