"""What a Transformer language model may choose freely, and the combinations of it that are accepted."""

from grader.checks import accepts, edit
from grader.lessons.transformer_lm import _heads_right
from grader.lessons.transformer_lm._lines_block import GELU, GELU_TANH, POST, SILU
from grader.model import Edit, Variant

# What a Transformer may choose freely; any of these go together.
# Rotary positions turn each pair of columns of query and key by the position; a pair is two neighbours, or two halves apart.
TURN = (
    "def turned(x):\n"
    "    position = torch.arange(x.size(-2)).to(x).unsqueeze(1)\n"
    "    angle = position * 10000 ** -(torch.arange(0, x.size(-1), 2).to(x) / x.size(-1))\n"
    "    a, b = PAIRS\n"
    "    found = torch.stack([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], dim=AXIS)\n"
    "    return found.flatten(-2)\n\n\n"
)
NEIGHBOURS = TURN.replace("PAIRS", "x[..., 0::2], x[..., 1::2]").replace("AXIS", "-1")
HALVES = TURN.replace("PAIRS", "x.chunk(2, dim=-1)").replace("AXIS", "-2")


def rotary(pairs: str) -> tuple[Edit, ...]:
    return (
        edit("class TransformerLM(nn.Module):", pairs + "class TransformerLM(nn.Module):"),
        edit("        scores = q @ k", "        q, k = turned(q), turned(k)\n        scores = q @ k"),
        edit(
            "        x = words + self.positions[:length]\n        x = self.dropout(x)",
            "        x = self.dropout(words)",
        ),
    )


NO_LAST_NORM = (edit("        x = self.norm(x)\n", ""), edit("        self.norm = LayerNorm(d_model)\n", ""))
CHOICES: dict[str, tuple[Edit, ...]] = {
    "no_last_norm": NO_LAST_NORM,
    "post_norm": (*POST, *NO_LAST_NORM),
    "gelu": (GELU,),
    "gelu_tanh": (GELU_TANH,),
    "silu": (SILU,),
    "by_column": _heads_right.every_nth_column.edits,
    "rotary": rotary(NEIGHBOURS),
    "rotary_halves": rotary(HALVES),
    "unscaled": (edit("self.embedding(ids) * self.scale", "self.embedding(ids)"),),
    "tied": (
        edit(
            "self.head = nn.Linear(d_model, vocab_size)",
            "self.head = nn.Linear(d_model, vocab_size)\n        self.head.weight = self.embedding.weight",
        ),
    ),
    "learned_positions": (
        edit(
            'self.register_buffer("positions", positional_encoding(max_len, d_model), persistent=False)',
            "self.positions = nn.Parameter(0.1 * torch.randn(max_len, d_model))",
        ),
    ),
}


def together(*names: str) -> Variant:
    return accepts(*(change for name in names for change in CHOICES[name]))


post_norm = together("post_norm")
unscaled = together("unscaled")
gelu = together("gelu")
tied = together("tied")
learned_positions = together("learned_positions", "unscaled")
gelu_unscaled = together("gelu", "unscaled")
tied_unscaled = together("tied", "unscaled")
tied_gelu = together("tied", "gelu")
gelu_learned_positions = together("gelu", "learned_positions", "unscaled")
as_gpt_2 = together("tied", "gelu", "learned_positions", "unscaled")
gelu_tanh_learned_positions = together("gelu_tanh", "learned_positions", "unscaled")
as_gpt_2_tanh = together("tied", "gelu_tanh", "learned_positions", "unscaled")
learned_positions_without_last_norm = together("learned_positions", "no_last_norm", "unscaled")
without_last_norm_unscaled = together("no_last_norm", "unscaled")
post_norm_unscaled = together("post_norm", "unscaled")
post_norm_gelu = together("post_norm", "gelu")
post_norm_gelu_unscaled = together("post_norm", "gelu", "unscaled")
post_norm_tied = together("post_norm", "tied")
post_norm_learned_positions = together("post_norm", "learned_positions", "unscaled")
post_norm_and_one_more = accepts(*POST)
without_last_norm = together("no_last_norm")
log_probabilities = accepts(edit("self.head(x)  #", "self.head(x).log_softmax(dim=-1)  #"))
silu = together("silu")
silu_unscaled = together("silu", "unscaled")
heads_by_column = together("by_column")
heads_by_column_unscaled = together("by_column", "unscaled")
heads_by_column_post_norm = together("by_column", "post_norm")
rotary_positions = together("rotary", "unscaled")
rotary_positions_scaled = together("rotary")
rotary_positions_gelu = together("rotary", "unscaled", "gelu")
rotary_positions_silu = together("rotary", "unscaled", "silu")
rotary_positions_tied = together("rotary", "unscaled", "tied")
rotary_halves = together("rotary_halves", "unscaled")
rotary_halves_scaled = together("rotary_halves")
rotary_halves_gelu = together("rotary_halves", "unscaled", "gelu")
rotary_halves_silu = together("rotary_halves", "unscaled", "silu")
learned_positions_scaled = together("learned_positions")
learned_positions_silu = together("learned_positions", "silu", "unscaled")
tied_learned_positions = together("tied", "learned_positions", "unscaled")
tied_gelu_unscaled = together("tied", "gelu", "unscaled")
