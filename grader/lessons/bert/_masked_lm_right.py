"""Right ways to build an encoder: learned or computed positions, pre- or post-norm, the library's layers or one's own."""

from grader.checks import accepts, edit
from grader.lessons.bert._encoder_decoder_right import EVERY_NTH_COLUMN, PARTS
from grader.model import Edit, Variant

OWN_LAYERS = edit(
    "class Encoder(nn.Module):", PARTS.replace("class DecoderBlock(nn.Module):", "class Encoder(nn.Module):")
)
COMPUTED = (
    edit(
        "self.positions = nn.Embedding(max_len, d_model)",
        "angle = torch.arange(max_len)[:, None] / 10000 ** (torch.arange(0, d_model, 2) / d_model)\n"
        '        self.register_buffer("positions", torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1))',
    ),
    edit("(self.words, self.positions, self.segments)", "(self.words, self.segments)"),
    edit("self.positions(place)", "self.positions[place]"),
)
POSITIONS: dict[str, tuple[Edit, ...]] = {
    "learned": (),
    "sines": COMPUTED,
    "sines_then_cosines": (
        *COMPUTED,
        edit(
            "torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)",
            "torch.cat([angle.sin(), angle.cos()], dim=-1)",
        ),
    ),
}
SCALED = edit("self.words(ids)", "self.words(ids) * math.sqrt(self.words.embedding_dim)")


def in_layers(kind: str, positions: str, *more: Edit) -> Variant:
    before, last = kind.startswith("pre"), kind.endswith("last")
    return accepts(
        OWN_LAYERS,
        edit(
            'layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, activation="gelu", batch_first=True)',
            "",
        ),
        edit(
            "self.layers = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)",
            f"self.layers = Layers(d_model, num_heads, d_ff, num_layers, dropout, {before}, {last})",
        ),
        *POSITIONS[positions],
        *more,
    )


KINDS = ("post", "post_last", "pre", "pre_last")
globals().update({f"{kind}_{positions}": in_layers(kind, positions) for kind in KINDS for positions in POSITIONS})
globals().update(
    {f"{kind}_{positions}_scaled": in_layers(kind, positions, SCALED) for kind in KINDS for positions in POSITIONS}
)
post_learned_strided = in_layers("post", "learned", *EVERY_NTH_COLUMN)
pre_last_learned_strided = in_layers("pre_last", "learned", *EVERY_NTH_COLUMN)
additive_mask = accepts(
    edit(
        "None if mask is None else ~mask",
        'None if mask is None else torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))',
    ),
)
transformed_and_log = accepts(
    edit(
        "self.fc = nn.Linear(d_model, vocab_size)",
        "self.fc = nn.Sequential(nn.Linear(d_model, d_model), nn.GELU(), nn.LayerNorm(d_model), nn.Linear(d_model, vocab_size),"
        " nn.LogSoftmax(dim=-1))",
    ),
)

chosen_first = accepts(
    edit(
        "F.cross_entropy(logits.transpose(1, 2), labels)",
        "F.cross_entropy(logits[labels != -100], labels[labels != -100])",
    ),
)
by_hand = accepts(
    edit(
        "F.cross_entropy(logits.transpose(1, 2), labels)",
        "-(logits.log_softmax(-1).gather(2, labels.clamp(min=0)[..., None])[..., 0] * (labels != -100)).sum() / (labels != -100).sum()",
    ),
)
